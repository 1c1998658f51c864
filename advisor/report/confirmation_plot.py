"""What a confirming experiment's plot shows: the curves of every arm, seed by seed."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.model.confirmation import Arm, Confirmation
from advisor.model.curve import Curve

ARMS = 4  # the reproduction, and the arms that did as predicted first


@dataclass(frozen=True, slots=True)
class ConfirmationPanel:
    """One arm."""

    title: str
    curves: tuple[Curve, ...]  # a seed each
    broken: int  # seeds without a curve to show


@dataclass(frozen=True, slots=True)
class ConfirmationPlot:
    """The reproduction first, then the other arms."""

    finding: str
    metric: str
    worse: int  # +1: higher is worse
    axis: str  # what steps are called
    panels: tuple[ConfirmationPanel, ...]


def confirmation_plot(confirmation: Confirmation) -> ConfirmationPlot | None:
    """The plot, or None where nothing was trained that has a curve."""
    trained = [arm for arm in confirmation.arms if not arm.skipped]
    trained.sort(key=lambda arm: not arm.as_predicted)
    arms = [confirmation.again, *trained][:ARMS]
    panels = tuple(_panel(arm) for arm in arms)
    if not any(panel.curves for panel in panels):
        return None
    return ConfirmationPlot(
        finding=confirmation.finding,
        metric=confirmation.objective,
        worse=confirmation.sign,
        axis=next(curve.axis for panel in panels for curve in panel.curves),
        panels=panels,
    )


def _panel(arm: Arm) -> ConfirmationPanel:
    curves = tuple(
        each.curve.finite()
        for each in arm.repeats
        if each.curve is not None and len(each.curve.finite()) > 1
    )
    title = "trained again" if arm.name == "again" else arm.name
    return ConfirmationPanel(title, curves, len(arm.repeats) - len(curves))
