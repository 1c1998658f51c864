"""One study in the JSON report: objective, search space, trials, readings."""

from __future__ import annotations

from typing import Any

from advisor.model.finding import Evaluation
from advisor.model.search_space import Hyperparameter
from advisor.model.study import Study
from advisor.model.trial import Trial
from advisor.report import summary


def study_data(evaluation: Evaluation, study: Study) -> dict[str, Any]:
    """The study as nested data; numbers may still be non-finite."""
    objective = study.objective
    logs = summary.logs_of(evaluation, study)
    return {
        "name": study.name,
        "objective": objective
        and {
            "metric": objective.metric,
            "goal": objective.goal.value,
            "split": objective.split,
            "selection": objective.selection,
        },
        "algorithm": study.algorithm,
        "facts": study.facts,
        "formats": sorted({log.format for log in logs}),
        "search_space": [_hyperparameter(each) for each in study.search_space],
        "best": study.best and study.best.name,
        "trials": [_trial(study, each) for each in study.trials],
        "readings": [
            {
                "what": each.what,
                "value": each.value,
                "reason": each.reason,
                "override": each.override,
                "certain": each.certain,
            }
            for each in study.readings
        ],
    }


def _hyperparameter(each: Hyperparameter) -> dict[str, Any]:
    return {
        "name": each.name,
        "alias": each.alias,
        "kind": each.kind,
        "role": each.role,
        "scale": each.scale if each.ordered else None,
        "lower": each.lower,
        "upper": each.upper,
        "declared": each.declared,
        "hard": sorted(each.hard),
        "choices": each.choices,
        "varies": each.varies,
    }


def _trial(study: Study, each: Trial) -> dict[str, Any]:
    reason = each.infeasibility
    return {
        "name": each.name,
        "status": each.status.value,
        "rank": study.ranks.get(each.name),
        "value": None if each.error is None else study.sign * each.error,
        "final_value": (
            None if each.final_error is None else study.sign * each.final_error
        ),
        "best_step": each.best_step,
        "last_step": each.last_step,
        "max_train_steps": each.max_train_steps,
        "seed": each.seed,
        "infeasible": reason
        and {"cause": reason.cause, "detail": reason.detail, "step": reason.step},
        "hyperparameters": each.hyperparameters,
        "sources": each.sources,
    }
