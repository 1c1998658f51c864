"""The metrics of a group of trials: which tags there are, and how well covered."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from advisor.interpret.metric_words import Split
from advisor.interpret.metrics import Metric, read_metric
from advisor.model.curve import FloatArray
from advisor.model.log import TrialLog

_SHARE = 0.5  # a tag that fewer of the trials have than of the best covered is left out


@dataclass(slots=True)
class Tag:
    """One tag in a group of trials."""

    metric: Metric
    split: Split | None  # of the name, or by its twins in the group
    curves: int = 0  # trials that have it as a curve
    results: int = 0  # trials that have it as one number
    points: int = 0  # of all curves
    least: float = math.inf  # finite value of any trial
    most: float = -math.inf

    @property
    def name(self) -> str:
        """The tag as found."""
        return self.metric.tag

    @property
    def trials(self) -> int:
        """How many trials have it."""
        return max(self.curves, self.results)

    @property
    def constant(self) -> bool:
        """Whether two or more values were logged, all of them the same."""
        return self.points + self.results > 1 and self.least == self.most

    def saw(self, values: FloatArray) -> None:
        """Widens the range of values."""
        finite = values[np.isfinite(values)]
        if len(finite):
            self.least = min(self.least, float(finite.min()))
            self.most = max(self.most, float(finite.max()))

    @property
    def mean_points(self) -> float:
        """Points a curve."""
        return self.points / self.curves if self.curves else 0.0


@dataclass(frozen=True, slots=True)
class Tags:
    """All tags of a group of trials, by name."""

    by_name: Mapping[str, Tag] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Tag]:
        return iter(self.by_name.values())

    def measurements(self, split: Split | None) -> list[Tag]:
        """What tells how well training went on `split`, the best covered tags."""
        return well_covered(
            tag
            for tag in self
            if tag.metric.is_measurement
            and tag.split == split
            and not tag.metric.spread
        )

    def unknown(self, split: Split | None) -> list[Tag]:
        """Tags of `split` whose name says nothing."""
        return well_covered(
            tag for tag in self if tag.metric.kind == "unknown" and tag.split == split
        )


def tags_of(logs: Sequence[TrialLog]) -> Tags:
    """The tags of `logs`; empty curves do not count."""
    found: dict[str, Tag] = {}
    for log in logs:
        for name, curve in log.curves.items():
            if len(curve):
                tag = _tag(found, name)
                tag.curves += 1
                tag.points += len(curve)
                tag.saw(curve.values)
        for name, result in log.results.items():
            tag = _tag(found, name)
            tag.results += 1
            tag.saw(np.array([result], np.float64))
    _resolve_splits(found)
    return Tags(found)


def well_covered(tags: Iterable[Tag]) -> list[Tag]:
    """Those that at least half as many trials have as have the most frequent one."""
    candidates = list(tags)
    most = max((tag.trials for tag in candidates), default=0)
    return [tag for tag in candidates if tag.trials >= _SHARE * most]


def find_tag(tags: Tags, name: str) -> Tag | None:
    """The tag called `name`, or one that reads the same, e.g. val_loss and val/loss."""
    if name in tags.by_name:
        return tags.by_name[name]
    wanted = read_metric(name)
    same = [tag for tag in tags if tag.metric.words == wanted.words]
    if not same and wanted.is_measurement:
        same = [
            tag
            for tag in tags
            if tag.metric.measure == wanted.measure
            and tag.split == (wanted.split or "validation")
        ]
    return preferred(same)


def preferred(tags: Iterable[Tag]) -> Tag | None:
    """Of versions of one metric, the best covered and plainest."""
    return min(tags, key=_plainness, default=None)


def _plainness(tag: Tag) -> tuple[object, ...]:
    said = tag.metric.statistics
    return (
        -tag.trials,
        "vs" in said,
        bool(said & {"step", "batch"}),
        bool(said & {"min", "max", "last", "final"}),
        tag.curves == 0,
        len(tag.metric.words),
        tag.name,
    )


def _tag(found: dict[str, Tag], name: str) -> Tag:
    tag = found.get(name)
    if tag is None:
        metric = read_metric(name)
        tag = found[name] = Tag(metric, metric.split)
    return tag


def _resolve_splits(found: Mapping[str, Tag]) -> None:
    """Beside a held-out twin, or in a log of curves, a bare loss is of training.

    Keras logs loss, accuracy, val_loss and val_accuracy.
    """
    held_out = {
        tag.metric.measure
        for tag in found.values()
        if tag.split in ("validation", "test")
    }
    any_held_out = any(
        tag.split in ("validation", "test") and tag.metric.is_measurement
        for tag in found.values()
    )
    for tag in found.values():
        if tag.split is not None or not tag.metric.is_measurement:
            continue
        twin = tag.metric.measure in held_out
        bare = tag.metric.kind == "loss" and (tag.curves > 0 or any_held_out)
        plain = tag.metric.quantity != "score" and tag.curves > 0
        if twin or bare or (plain and _has_training_loss(found)):
            tag.split = "train"


def _has_training_loss(found: Mapping[str, Tag]) -> bool:
    """Whether the bare names are Keras's, which has a bare `loss` beside them."""
    tag = found.get("loss") or found.get("epoch_loss")
    return tag is not None and tag.curves > 0
