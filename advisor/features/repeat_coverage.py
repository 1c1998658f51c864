"""How many configurations of a study were trained more than once."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.features.configurations import scientific_difference, tried_configurations
from advisor.features.feature import NotEnoughDataError, feature, quantity
from advisor.model.study import Study


@dataclass(frozen=True, slots=True)
class RepeatCoverage:
    """Configurations, and how many have repeats."""

    configurations: int = quantity("configurations", "with a feasible trial")
    repeated: int = quantity("configurations", "trained two or more times")
    copies: int = quantity(
        "trials", "not counted: the very numbers of a trial of the same configuration"
    )
    best: str = quantity("", "best trial of the best configuration")
    best_seed: str | None = quantity("", "its seed, where the log tells")
    runner_up: str = quantity("", "best trial of the next configuration")
    gap: float = quantity("error", "difference between these two configurations")
    scientific: str | None = quantity(
        "", "a scientific hyperparameter in which they differ"
    )


@feature()
def repeat_coverage(study: Study) -> RepeatCoverage:
    """How many configurations were repeated, and what separates the best two.

    With no repeat the variance between seeds is unknown, and so is what a gap is worth.
    """
    tried = tried_configurations(study)
    if len(tried) < 2:
        raise NotEnoughDataError(
            f"at least 2 configurations with a result; there are {len(tried)}"
        )
    best, runner_up = tried[:2]
    seed = best.trials[0].seed
    return RepeatCoverage(
        configurations=len(tried),
        repeated=sum(len(each.trials) > 1 for each in tried),
        copies=sum(each.copies for each in tried),
        best=best.name,
        best_seed=None if seed is None else str(seed),
        runner_up=runner_up.name,
        gap=runner_up.mean - best.mean,
        scientific=scientific_difference(study, best, runner_up),
    )
