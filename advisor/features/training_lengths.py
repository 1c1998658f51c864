"""How the configured number of training steps differs between the trials of a study."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from advisor.features.feature import NotEnoughDataError, feature, quantity
from advisor.model.study import Study
from advisor.model.trial import Trial

_FEWEST = 2


@dataclass(frozen=True, slots=True)
class TrainingLengths:
    """Configured lengths of the feasible trials, and what was really trained."""

    trials: int = quantity("trials", "feasible ones with a last step")
    configured: int = quantity("trials", "of them with a configured length")
    distinct: int = quantity("lengths", "different configured ones")
    shortest: int = quantity("steps", "shortest configured length; 0 if unknown")
    longest: int = quantity("steps", "longest configured length; 0 if unknown")
    stretch: float = quantity("ratio", "longest over shortest configured length")
    unusual: float = quantity(
        "fraction", "trials configured otherwise than the most frequent length"
    )
    usual: int = quantity("steps", "the most frequent configured length")
    of_best: int = quantity("steps", "configured length of the best trial with one")
    longer_wins: float = quantity(
        "fraction",
        "chance that the longer of two trials of different length is the better one",
    )
    stretch_in_examples: float = quantity(
        "ratio", "the same as stretch in examples seen; near 1 is one epoch budget"
    )
    trained: float = quantity("ratio", "longest over shortest last step")
    unit: str = quantity("", "what the lengths count: steps or epochs")


@feature()
def training_lengths(study: Study) -> TrainingLengths:
    """The configured numbers of training steps, and who wins by them.

    Only what is configured counts: trials that crashed or were stopped early end at
    other steps without having been meant to.
    """
    trained = [trial for trial in study.ranked if trial.last_step]
    if len(trained) < _FEWEST:
        raise NotEnoughDataError(
            f"at least {_FEWEST} feasible trials with steps; there are {len(trained)}"
        )
    known = [trial for trial in trained if trial.max_train_steps]
    lengths = [trial.max_train_steps or 0 for trial in known]
    counts = Counter(lengths)
    usual = max(counts, key=lambda each: (counts[each], each), default=0)
    return TrainingLengths(
        trials=len(trained),
        configured=len(known),
        distinct=len(counts),
        shortest=min(lengths, default=0),
        longest=max(lengths, default=0),
        stretch=_stretch([float(each) for each in lengths]),
        unusual=1 - counts[usual] / len(known) if known else 0.0,
        usual=usual,
        of_best=lengths[0] if lengths else 0,
        longer_wins=_longer_wins(known),
        stretch_in_examples=_stretch(_examples(study, known)),
        trained=_stretch([float(trial.last_step or 0) for trial in trained]),
        unit=f"{counted(trained)}s",
    )


def counted(trials: Sequence[Trial]) -> str:
    """What the curves of the first trial count: `epoch` or `step`."""
    curves = trials[0].curves
    leading = curves.get("validation_error") or next(iter(curves.values()), None)
    return "epoch" if leading is not None and leading.axis == "epoch" else "step"


def _stretch(lengths: list[float]) -> float:
    return max(lengths) / min(lengths) if lengths else 1.0


def _examples(study: Study, trials: list[Trial]) -> list[float]:
    """Steps times batch size; the steps alone where the batch size is not known."""
    axis = study.search_space.find("batch_size")
    sizes = [trial.hyperparameters.get(axis.name) if axis else None for trial in trials]
    return [
        (trial.max_train_steps or 0)
        * (size if isinstance(size, int | float) and size > 0 else 1)
        for trial, size in zip(trials, sizes, strict=True)
    ]


def _longer_wins(ranked: list[Trial]) -> float:
    """Over all pairs of different lengths; one half where there is none."""
    wins = pairs = 0
    seen: Counter[int] = Counter()
    for trial in ranked:  # best first: what was seen before is better
        length = trial.max_train_steps or 0
        for other, count in seen.items():
            wins += count * (other > length)
            pairs += count * (other != length)
        seen[length] += 1
    return wins / pairs if pairs else 0.5
