"""What a round showed, taken from its evaluation."""

from __future__ import annotations

from collections.abc import Iterable

from advisor.model.finding import Evaluation, Finding
from advisor.model.finding import Outcome as Verdict
from advisor.model.study import Study
from advisor.model.trial import Trial
from advisor.tune.round import Best, Learned, Outcome, Round, plain

_OPEN = (Verdict.INCONCLUSIVE, Verdict.NOT_EVALUATED)


def outcome_of(evaluation: Evaluation, planned: Round | None, trained: int) -> Outcome:
    """Of the round's own trials, and of all that are compared with them.

    Without a round it is of the logs that were given.
    """
    study = evaluation.studies[0]
    own = [each for each in study.trials if planned is None or _is_of(each, planned)]
    errors = [each.error for each in own if each.error is not None]
    objective = study.objective
    return Outcome(
        objective=objective.metric if objective is not None else "",
        goal=objective.goal.value if objective is not None else "",
        trained=trained,
        infeasible=sum(each.infeasibility is not None for each in own),
        compared=len(study.trials),
        best_of_round=min(errors) * study.sign if errors else None,
        best=_best(study),
        findings=tuple(_learned(evaluation.findings)),
        left_open=sum(each.outcome in _OPEN for each in evaluation.verdicts),
    )


def _is_of(trial: Trial, planned: Round) -> bool:
    folder, _, name = trial.name.rpartition("/")
    return folder == f"round-{planned.number}" and name in planned.trials


def _best(study: Study) -> Best | None:
    """With the hyperparameters in which trials differ, whatever is fixed by now."""
    best = study.best
    if best is None or best.error is None:
        return None
    values = {
        each.name: best.hyperparameters[each.name]
        for each in study.search_space
        if each.name in best.hyperparameters
        and len({t.hyperparameters.get(each.name) for t in study.trials}) > 1
    }
    return Best(best.name, best.error * study.sign, plain(values))


def _learned(findings: Iterable[Finding]) -> Iterable[Learned]:
    for each in findings:
        if each.superseded_by is None:
            yield Learned(
                each.id,
                each.rule,
                str(each.severity),
                each.message,
                each.link,
                each.subject.kind == "trial",
            )
