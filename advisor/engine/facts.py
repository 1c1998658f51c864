"""What conditions and messages may look up about a subject, beside its features."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from advisor.model.finding import Subject, SubjectKind
from advisor.model.search_space import Hyperparameter
from advisor.model.study import Study
from advisor.model.trial import Trial, TrialStatus

STUDY_FACTS: Mapping[str, Callable[[Study], Any]] = {
    "name": lambda study: study.name,
    "trials": lambda study: len(study.trials),
    "feasible": lambda study: len(study.ranked),
    "infeasible": lambda study: len(study.infeasible),
    "incomplete": lambda study: sum(
        trial.status is TrialStatus.INCOMPLETE for trial in study.trials
    ),
    "hyperparameters": lambda study: len(study.search_space),
    "varied": lambda study: len(study.search_space.varied),
    "metric": lambda study: study.objective.metric if study.objective else None,
    "split": lambda study: study.objective.split if study.objective else None,
    "selection": lambda study: study.objective.selection if study.objective else None,
    "sign": lambda study: study.sign,
    "algorithm": lambda study: study.algorithm,
    "best": lambda study: study.best.name if study.best else None,
    "best_error": lambda study: study.best.error if study.best else None,
}

TRIAL_FACTS: Mapping[str, Callable[[Trial, Study], Any]] = {
    "name": lambda trial, study: trial.name,
    "rank": lambda trial, study: study.ranks.get(trial.name),
    "is_best": lambda trial, study: trial is study.best,
    "feasible": lambda trial, study: trial.feasible,
    "infeasible": lambda trial, study: trial.infeasibility is not None,
    "cause": lambda trial, study: (
        trial.infeasibility.cause if trial.infeasibility else None
    ),
    "detail": lambda trial, study: (
        trial.infeasibility.detail if trial.infeasibility else None
    ),
    "status": lambda trial, study: trial.status.value,
    "axis": lambda trial, study: _axis(trial),
    "error": lambda trial, study: trial.error,
    "final_error": lambda trial, study: trial.final_error,
    "best_step": lambda trial, study: trial.best_step,
    "last_step": lambda trial, study: trial.last_step,
    "max_train_steps": lambda trial, study: trial.max_train_steps,
    "seed": lambda trial, study: trial.seed,
}

HYPERPARAMETER_FACTS: Mapping[str, Callable[[Hyperparameter], Any]] = {
    "name": lambda each: each.name,
    "alias": lambda each: each.alias,
    "kind": lambda each: each.kind,
    "lower": lambda each: each.lower,
    "upper": lambda each: each.upper,
    "scale": lambda each: each.scale,
    "sampled": lambda each: each.sampled,
    "declared": lambda each: each.declared,
    "ordered": lambda each: each.ordered,
    "hard_lower": lambda each: "lower" in each.hard,
    "hard_upper": lambda each: "upper" in each.hard,
    "least": lambda each: each.limits[0],
    "most": lambda each: each.limits[1],
    "role": lambda each: each.role,
}

ROOTS: Mapping[SubjectKind, Mapping[str, Mapping[str, Any]]] = {
    "study": {"study": STUDY_FACTS},
    "trial": {"study": STUDY_FACTS, "trial": TRIAL_FACTS},
    "hyperparameter": {
        "study": STUDY_FACTS,
        "hyperparameter": HYPERPARAMETER_FACTS,
    },
}
"""Which facts exist for which kind of subject: root, then name."""


def fact(root: str, name: str, subject: Subject, study: Study) -> Any:
    """The fact `root.name` of a subject.

    Raises:
        KeyError: no such fact for this kind of subject.
    """
    if root == "study":
        return STUDY_FACTS[name](study)
    if root == "trial" and subject.kind == "trial":
        return TRIAL_FACTS[name](trial_of(study, subject), study)
    if root == "hyperparameter" and subject.kind == "hyperparameter":
        return HYPERPARAMETER_FACTS[name](study.search_space[subject.name])
    raise KeyError(f"{root}.{name}")


def _axis(trial: Trial) -> str:
    """What the curves count, in words: step, epoch, row."""
    curve = trial.curves.get("validation_error") or next(
        iter(trial.curves.values()), None
    )
    return curve.axis if curve is not None else "step"


def trial_of(study: Study, subject: Subject) -> Trial:
    """The trial that a subject names."""
    return study.trials_by_name[subject.name]
