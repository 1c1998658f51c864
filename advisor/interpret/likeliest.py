"""Which of several metrics people compare trials by."""

from __future__ import annotations

from collections.abc import Sequence

from advisor.interpret.metric_words import PREFERENCE
from advisor.interpret.tags import Tag, preferred


def likeliest(
    tags: Sequence[Tag], *, losses_first: bool = False
) -> tuple[Tag | None, tuple[Tag, ...]]:
    """The tag that most likely compares trials, and one for each other measure."""
    by_measure: dict[object, list[Tag]] = {}
    for tag in tags:
        by_measure.setdefault(tag.metric.measure, []).append(tag)
    versions = [preferred(same) for same in by_measure.values()]
    ranked = sorted(
        (tag for tag in versions if tag is not None),
        key=lambda tag: _likelihood(tag, losses_first=losses_first),
    )
    return (ranked[0], tuple(ranked[1:])) if ranked else (None, ())


def _likelihood(tag: Tag, *, losses_first: bool) -> tuple[object, ...]:
    metric = tag.metric
    is_loss = metric.kind == "loss"
    known = metric.quantity in PREFERENCE
    return (
        tag.constant,  # such as the accuracy that Keras counts for a regression
        is_loss and bool(metric.qualifiers),  # one component of a loss
        metric.kind != "reward",
        is_loss != losses_first,
        is_loss and metric.quantity != "loss",
        "95" not in metric.qualifiers,  # COCO's mAP50-95
        metric.quantity in ("precision", "recall"),
        PREFERENCE.index(metric.quantity) if known else len(PREFERENCE),
        len(metric.qualifiers),
        tag.name,
    )
