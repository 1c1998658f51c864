"""What experiments showed, in the Markdown report: arms, effects, verdicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median

from advisor.markup import bullets, code, image, table, text
from advisor.model.confirmation import Arm, Confirmation, Effect, Repeat
from advisor.model.finding import Evaluation, Finding
from advisor.report.figure import Figure
from advisor.report.numbers import MISSING, number
from advisor.report.words import names_in

UNTESTED = 20

_PREDICTED = {True: "yes", False: "no", None: "undecided"}


def confirmation_section(evaluation: Evaluation, figures: Sequence[Figure]) -> str:
    """Every experiment, and the findings that were not tested; empty if none was."""
    if not evaluation.confirmations and not evaluation.untested:
        return ""
    findings = {each.id: each for each in evaluation.findings}
    pictures = {each.study: each for each in figures if each.study in findings}
    parts = ["## Confirmation"]
    for each in evaluation.confirmations.values():
        finding = findings[each.finding]
        parts.append(_confirmation(evaluation, finding, each, pictures))
    if evaluation.untested:
        parts.append(_untested(evaluation.untested))
    return "\n\n".join(parts)


def _confirmation(
    evaluation: Evaluation,
    finding: Finding,
    confirmation: Confirmation,
    pictures: Mapping[str, Figure],
) -> str:
    studies = {study.name: study for study in evaluation.studies}
    names = (
        *names_in(finding, studies.get(finding.subject.study)),
        confirmation.measure,
        *(arm.name for arm in confirmation.arms),
    )
    parts = [
        f"### {confirmation.verdict.value.capitalize()}: {finding.id}",
        f"{text(finding.message, names)}",
        f"**{text(confirmation.sentence, names)}**",
        _arms(confirmation),
        f"Trained: {text(confirmation.workload)} ({confirmation.level.value}). The "
        "finding's own rule judged every new log.",
    ]
    picture = pictures.get(finding.id)
    if picture is not None:
        parts.append(image(picture.description, picture.path))
    return "\n\n".join(parts)


def _arms(confirmation: Confirmation) -> str:
    objective = confirmation.measure == "objective"
    header = ["arm", "seeds", "finding came back"]
    header += [] if objective else [code(confirmation.measure)]
    header += [code(confirmation.objective or "objective"), "change", "as predicted"]
    rows = [
        _row(confirmation, arm, objective)
        for arm in (confirmation.again, *confirmation.arms)
    ]
    return table(header, rows, "lrr" + "r" * (len(header) - 3))


def _row(confirmation: Confirmation, arm: Arm, objective: bool) -> list[str]:
    if arm.skipped:
        blanks = [""] * (3 if objective else 4)
        return [code(arm.name), f"not trained: {text(arm.skipped)}", *blanks, ""]
    is_again = arm is confirmation.again
    name = "trained again" if is_again else code(arm.name)
    row = [name, str(len(arm.repeats)), _came_back(arm)]
    if not objective:
        row.append(_spread([each.measure for each in arm.repeats]))
    errors = [_logged(confirmation, each) for each in arm.repeats]
    row.append(_spread(errors))
    row.append(_change(arm.effect))
    predicted = confirmation.prediction is not None and not is_again
    row.append(_PREDICTED[arm.as_predicted] if predicted else "")
    return row


def _came_back(arm: Arm) -> str:
    """`5 of 6`, `1 of 4, 2 infeasible`, or only why none of them could tell."""
    known = arm.fires + arm.clear
    parts = [f"{arm.fires} of {known}"] if known else []
    parts += [f"{arm.broken} infeasible"] if arm.broken else []
    parts += [f"{arm.unknown} unknown"] if arm.unknown else []
    return ", ".join(parts)


def _logged(confirmation: Confirmation, repeat: Repeat) -> float | None:
    return None if repeat.error is None else confirmation.sign * repeat.error


def _spread(values: Sequence[float | None]) -> str:
    """Median, smallest and largest: `0.31 (0.28 to 0.35)`; what broke is counted."""
    known = [value for value in values if value is not None]
    missing = len(values) - len(known)
    if not known:
        return MISSING
    shown = (
        f"{number(float(median(known)))} ({number(min(known))} to {number(max(known))})"
    )
    return f"{shown}, {missing} without" if missing else shown


def _change(effect: Effect | None) -> str:
    if effect is None or effect.pairs < 2:
        return ""
    return (
        f"{number(effect.mean)} ({number(effect.lower)} to {number(effect.upper)}, "
        f"p = {number(effect.p_value)})"
    )


def _untested(untested: Mapping[str, str]) -> str:
    items = [
        f"{code(name)}: {text(why)}" for name, why in list(untested.items())[:UNTESTED]
    ]
    if len(untested) > UNTESTED:
        items.append(f"and {len(untested) - UNTESTED:,} more")
    return "### Not tested\n\n" + bullets(items)
