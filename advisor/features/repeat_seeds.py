"""Whether repeats of a configuration have seeds, and numbers, of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from advisor.features.configurations import TriedConfiguration, tried_configurations
from advisor.features.feature import NotEnoughDataError, feature, quantity
from advisor.model.log import Value
from advisor.model.study import Study
from advisor.model.trial import Trial


@dataclass(frozen=True, slots=True)
class RepeatSeeds:
    """Trials of configurations that were trained two or more times."""

    repeats: int = quantity("trials", "of configurations with two or more trials")
    known: int = quantity("trials", "of them whose seed the log tells")
    shared: int = quantity(
        "trials", "with other numbers, and the seed of an earlier repeat"
    )
    copies: int = quantity("trials", "with the very numbers of an earlier repeat")
    own: int = quantity("trials", "that are left")
    example: str | None = quantity("", "one that shares its seed or numbers")
    twin: str | None = quantity("", "the repeat with which it shares them")
    seed: str | None = quantity("", "the seed of these two, where the log tells")
    names: tuple[str, ...] = quantity("", "all that share their seed or numbers")


@feature()
def repeat_seeds(study: Study) -> RepeatSeeds:
    """How many repeats are repeats: with another seed, and with other numbers.

    Repeats that share a seed differ by what the seed does not decide, such as the order
    of parallel sums; that is less than retraining varies.
    """
    repeated = [
        tuple(sorted((*each.trials, *each.copied), key=lambda trial: trial.name))
        for each in tried_configurations(study)
        if len(each.trials) + each.copies > 1
    ]
    if not repeated:
        raise NotEnoughDataError("at least 1 configuration trained again; none was")
    copied = {
        trial.name for each in tried_configurations(study) for trial in each.copied
    }
    pairs = [pair for trials in repeated for pair in _pairs(trials, copied)]
    copies = sum(trial.name in copied for trial, _ in pairs)
    total = sum(map(len, repeated))
    first = pairs[0] if pairs else None
    return RepeatSeeds(
        repeats=total,
        known=sum(trial.seed is not None for each in repeated for trial in each),
        shared=len(pairs) - copies,
        copies=copies,
        own=total - len(pairs),
        example=first[0].name if first else None,
        twin=first[1].name if first else None,
        seed=str(first[0].seed) if first and first[0].seed is not None else None,
        names=tuple(trial.name for trial, _ in pairs),
    )


def without_shared_seeds(tried: TriedConfiguration) -> tuple[Trial, ...]:
    """The repeats with seeds and numbers of their own, the first by name of each."""
    trials = tuple(sorted(tried.trials, key=lambda trial: trial.name))
    shared = {trial.name for trial, _ in _pairs(trials, set())}
    return tuple(trial for trial in trials if trial.name not in shared)


def _pairs(
    trials: tuple[Trial, ...], copied: set[str]
) -> Iterator[tuple[Trial, Trial]]:
    """Each trial that is no repeat of its own, with the one that it repeats."""
    by_seed: dict[Value, Trial] = {}
    kept = [trial for trial in trials if trial.name not in copied]
    for trial in kept:
        if trial.seed is not None and trial.seed in by_seed:
            yield trial, by_seed[trial.seed]
        else:
            by_seed.setdefault(trial.seed, trial)
    for trial in trials:
        if trial.name in copied:
            yield trial, next(each for each in kept if each.error == trial.error)
