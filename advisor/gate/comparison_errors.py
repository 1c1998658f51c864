"""What the ordinary rules, and feasibility, say against a candidate itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from advisor.engine.adoption import Answer
from advisor.engine.rule import Rule
from advisor.engine.rule_set import RuleSettings
from advisor.gate.comparison_side import Side
from advisor.model.finding import Action, Finding, Outcome, Severity
from advisor.model.trial import Trial
from advisor.pipeline import evaluate

QUESTION = "Does the candidate train, without errors of its own?"
_LAST = 99


def open_findings(
    side: Side, rules: Sequence[Rule], settings: RuleSettings
) -> tuple[Finding, ...]:
    """What the ordinary rules say of one side, and no other finding explains."""
    evaluation = evaluate(side.logs, (side.study,), rules, settings)
    return tuple(each for each in evaluation.findings if each.superseded_by is None)


def own_errors(
    candidate: Side,
    incumbent: Side,
    findings: Mapping[str, tuple[Finding, ...]],
) -> Answer:
    """Infeasible repeats, or errors in its trials that the incumbent does not have.

    An error that the incumbent shares is told, and decides nothing.
    """
    found, known_ones = (
        _about(side, findings[side.name]) for side in (candidate, incumbent)
    )
    broken = _broken(candidate, incumbent)
    if broken:
        names = {trial.name for trial in candidate.infeasible}
        about = (each for each in found if each.subject.name in names)
        return _answer(broken, next(about, None), _look_into(candidate.infeasible[0]))
    errors, known = (
        [each for each in some if each.severity is Severity.ERROR]
        for some in (found, known_ones)
    )
    rules_known = {each.rule for each in known}
    own = [each for each in errors if each.rule not in rules_known]
    if own:
        said = f"No: {own[0].message}{_and_more(len(own) - 1)}"
        return _answer(said, own[0], Action("Mend this, then compare again.", ""))
    shared = ", ".join(sorted({each.rule for each in errors}))
    said = f"; the incumbent has the same errors: {shared}" if shared else ""
    return Answer(
        question=QUESTION,
        rule="",
        order=_LAST,
        outcome=Outcome.CLEAR,
        decision="note" if shared else "pass",
        said=f"Yes: {len(candidate.trials)} feasible, none infeasible{said}."
        if not candidate.infeasible
        else f"It breaks no more often than the incumbent does{said}.",
    )


def _broken(candidate: Side, incumbent: Side) -> str:
    """How often the candidate's configuration broke, if more than the incumbent's."""
    count, total = _infeasible(candidate)
    known, known_total = _infeasible(incumbent)
    if count * known_total <= known * total:
        return ""
    first = candidate.infeasible[0]
    return (
        f"No: {count} of {total} trials of its configuration "
        f"{'is' if count == 1 else 'are'} infeasible, such as {first.name} "
        f"({first.infeasibility}); of the incumbent's {known} of {known_total}."
    )


def _infeasible(side: Side) -> tuple[int, int]:
    count = len(side.infeasible)
    return count, count + len(side.trials) + len(side.left_out)


def _about(side: Side, findings: Iterable[Finding]) -> list[Finding]:
    """Those that concern the configuration compared."""
    names = {trial.name for trial in (*side.trials, *side.infeasible)}
    return [
        each
        for each in findings
        if each.subject.kind != "trial" or each.subject.name in names
    ]


def _and_more(count: int) -> str:
    return f" And {count} more error{'' if count == 1 else 's'}." if count else ""


def _look_into(trial: Trial) -> Action:
    """Where no finding advises anything: a crash may be of the machine."""
    cause = trial.infeasibility.cause if trial.infeasibility is not None else ""
    if cause in ("crashed", "failed to start"):
        return Action(
            f"Look into what {trial.name} printed. If the reason has nothing to do "
            "with the change, train it again, take its logs away (or `ignore` it in "
            "advisor.yaml) and compare again.",
            "A change that breaks some of its trials costs more than it gains.",
        )
    return Action(f"Find out why {trial.name} broke before the change is adopted.", "")


def _answer(said: str, finding: Finding | None, otherwise: Action) -> Answer:
    actions = finding.actions if finding is not None else ()
    return Answer(
        question=QUESTION,
        rule="",
        order=_LAST,
        outcome=Outcome.FIRES,
        decision="refuse",
        said=said,
        finding=finding,
        actions=actions or (otherwise,),
    )
