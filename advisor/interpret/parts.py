"""Which tags play the parts that features read: losses, learning rate, and so on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from advisor.interpret.metric_words import Split
from advisor.interpret.metrics import Metric, is_whole_gradient, read_metric
from advisor.interpret.tags import Tag, Tags
from advisor.model.study import Objective
from advisor.model.trial import Part

_ENOUGH = 10  # epoch means are as good as single batches from so many points on
_FEW = 3  # a loss with fewer points is a summary, not a curve


@dataclass(frozen=True, slots=True)
class Source:
    """The tags whose sum, times `sign`, plays a part; mostly one tag."""

    tags: tuple[str, ...]
    sign: int
    reason: str

    @property
    def text(self) -> str:
        """As `advisor inspect` shows it."""
        return " + ".join(self.tags)


def choose_parts(
    tags: Tags, objective: Objective | None, chosen: Mapping[Part, str]
) -> dict[Part, tuple[Source, ...]]:
    """For each part its possible sources, best first; a trial uses the first it has."""
    parts: dict[Part, tuple[Source, ...]] = {
        "training_loss": _losses(tags, "train"),
        "validation_loss": _losses(tags, "validation"),
        "learning_rate": _signal(tags, "learning rate"),
        "gradient_norm": _signal(tags, "gradient norm"),
        "throughput": _signal(tags, "throughput"),
    }
    if objective is not None:
        parts |= _objective_parts(tags, objective)
    for part, tag in chosen.items():
        goal = read_metric(tag).goal
        sign = goal.sign if goal is not None else 1
        parts[part] = (Source((tag,), sign, "advisor.yaml says so"),)
    return {part: sources for part, sources in parts.items() if sources}


def _objective_parts(
    tags: Tags, objective: Objective
) -> dict[Part, tuple[Source, ...]]:
    sign = objective.goal.sign
    own = (Source((objective.metric,), sign, "it is the objective"),)
    metric = read_metric(objective.metric)
    if objective.split == "train":
        # Episodes are new data: rewards collected in training are held out, in a sense.
        rewards = metric.kind == "reward"
        return {"validation_error": own} if rewards else {"training_error": own}
    other_names = tuple(
        Source((tag.name,), sign, "the same measure under another name")
        for tag in _same_measure(tags, metric, objective.split)
        if tag.name != objective.metric
    )
    twins = tuple(
        Source((tag.name,), sign, "the same measure on training data")
        for tag in _same_measure(tags, metric, "train")
    )
    return {"validation_error": own + other_names, "training_error": twins}


def _same_measure(tags: Tags, metric: Metric, split: str) -> list[Tag]:
    found = [
        tag
        for tag in tags
        if tag.split == split
        and tag.metric.measure == metric.measure
        and metric.quantity
        and tag.curves
        and not tag.metric.spread
    ]
    return sorted(found, key=_rank)


def _losses(tags: Tags, split: Split) -> tuple[Source, ...]:
    found = [
        tag
        for tag in tags
        if tag.metric.kind == "loss"
        and tag.split == split
        and tag.curves
        and not tag.metric.spread
    ]
    totals = sorted((tag for tag in found if not tag.metric.qualifiers), key=_rank)
    if totals:
        reason = _why(totals)
        return tuple(
            Source((tag.name,), tag.metric.goal.sign if tag.metric.goal else 1, reason)
            for tag in totals
        )
    if any("box" in tag.metric.qualifiers for tag in found):
        names = tuple(sorted(tag.name for tag in found))
        reason = "no total is logged; detectors train on the sum of these"
        return (Source(names, 1, reason),)
    if len(found) == 1:
        return (Source((found[0].name,), 1, "the only loss"),)
    return ()


def _rank(tag: Tag) -> tuple[object, ...]:
    said = tag.metric.statistics
    per_batch = bool(said & {"step", "batch"})
    short = "epoch" in said and tag.mean_points < _ENOUGH
    return (
        tag.mean_points < _FEW,
        tag.metric.quantity != "loss" and tag.metric.kind == "loss",
        tag.metric.split is None,
        "vs" in said,
        short,
        per_batch,
        -tag.mean_points,
        tag.name,
    )


def _why(totals: Sequence[Tag]) -> str:
    best, others = totals[0], totals[1:]
    if not others:
        return "the only training loss" if best.split == "train" else "its name"
    names = ", ".join(f"`{tag.name}`" for tag in others[:3])
    if best.metric.split is not None and any(t.metric.split is None for t in others):
        return (
            f"it was evaluated on training examples; {names} is the loss of single "
            "batches, with dropout and smoothing in it"
        )
    return f"it has the plainer name or more points than {names}"


def _signal(tags: Tags, kind: str) -> tuple[Source, ...]:
    found = [tag for tag in tags if tag.metric.kind == kind and tag.curves]
    if kind == "gradient norm":
        found = [tag for tag in found if is_whole_gradient(tag.metric)]
    if kind == "throughput":
        # How fast it evaluates says nothing about training.
        found = [
            tag
            for tag in found
            if tag.metric.quantity == "examples" and tag.split in (None, "train")
        ]
    found.sort(key=lambda tag: (tag.split not in (None, "train"), -tag.curves))
    return tuple(Source((tag.name,), 1, "its name") for tag in found)
