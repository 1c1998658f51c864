"""Which metric compares the trials of a study, and which way it improves.

In this order: advisor.yaml, the sweep's declaration, a target metric in the trials'
configuration, then the metrics' names. Of names, held-out data comes before training
data, and a quality (accuracy, BLEU) before the loss that stands in for it, because the
playbook compares trials by validation error.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from advisor.errors import AmbiguityError, Problem
from advisor.interpret.configuration import ObjectiveSettings
from advisor.interpret.likeliest import likeliest
from advisor.interpret.tags import Tag, Tags, find_tag
from advisor.model.log import Declaration, TrialLog
from advisor.model.study import Goal, Objective

_TARGET_KEYS = frozenset(
    {"target_metric_name", "target_metric", "metric_for_best_model", "monitor"}
    | {"objective_metric", "eval_metric", "optimization_metric"}
)
_HINT = "objective: {{metric: {metric}, goal: minimize}}  # or maximize"


@dataclass(frozen=True, slots=True)
class Choice:
    """The objective, why it was chosen, and what else could have been."""

    objective: Objective
    reason: str
    certain: bool = True
    others: tuple[Tag, ...] = ()  # measured on the same data, likeliest first


def choose_objective(
    tags: Tags,
    logs: Sequence[TrialLog],
    declaration: Declaration | None,
    settings: ObjectiveSettings,
) -> Choice | None:
    """The objective of the trials in `logs`; None if nothing tells how they went.

    Raises:
        AmbiguityError: validation metrics whose names say nothing, or no direction.
    """
    said, goal = settings.metric, settings.goal
    return (
        _named(tags, said, settings, "advisor.yaml says so", goal)
        or _declared(tags, declaration, settings)
        or _target(tags, logs, settings)
        or _by_names(tags, settings)
    )


def _named(
    tags: Tags,
    name: str | None,
    settings: ObjectiveSettings,
    reason: str,
    goal: Goal | None = None,
) -> Choice | None:
    tag = find_tag(tags, name) if name is not None else None
    if tag is None:
        return None
    return _choice(tag, settings, reason, goal=goal)


def _declared(
    tags: Tags, declaration: Declaration | None, settings: ObjectiveSettings
) -> Choice | None:
    if declaration is None or declaration.objective is None:
        return None
    goal = Goal(declaration.goal) if declaration.goal is not None else None
    reason = f"{declaration.source.name} declares it"
    return _named(tags, declaration.objective, settings, reason, goal)


def _target(
    tags: Tags, logs: Sequence[TrialLog], settings: ObjectiveSettings
) -> Choice | None:
    """A metric that every trial's own configuration names as its target."""
    targets = {
        (key, value)
        for log in logs
        for key, value in log.configuration.items()
        if isinstance(value, str) and _last(key) in _TARGET_KEYS
    }
    for key, value in sorted(targets):
        if len({name for other, name in targets if other == key}) > 1:
            continue
        choice = _named(tags, value, settings, f"the configuration has {key}: {value}")
        if choice is not None and choice.objective.split != "train":
            return choice
    return None


def _last(key: str) -> str:
    return key.replace("/", ".").rpartition(".")[2]


def _by_names(tags: Tags, settings: ObjectiveSettings) -> Choice | None:
    return (
        _of_split(tags, "validation", settings)
        or _without_split(tags, settings)
        or _of_split(tags, "test", settings)
        or _of_split(tags, "train", settings)
        or _unknown(tags.unknown(None), settings, "")
    )


def _of_split(tags: Tags, split: str, settings: ObjectiveSettings) -> Choice | None:
    name = {"validation": "validation", "test": "test", "train": "train"}[split]
    found = tags.measurements(name)  # type: ignore[arg-type]
    tag, others = likeliest(found, losses_first=split == "train")
    if tag is None:
        if split != "validation":
            return None
        return _unknown(tags.unknown("validation"), settings, "validation ")
    doubt = {
        "validation": "",
        "test": "; nothing was measured on validation data, and a choice made on test "
        "data makes the test result too good",
        "train": "; nothing was measured on held-out data",
    }[split]
    return _choice(tag, settings, _why(tag, others, split) + doubt, others=others)


def _without_split(tags: Tags, settings: ObjectiveSettings) -> Choice | None:
    """A score, a reward or a result whose name does not say on which data."""
    tag, others = likeliest(tags.measurements(None))
    if tag is None:
        return None
    if tag.metric.kind == "reward":
        reason = "rewards are collected while training; no evaluation was logged"
        return _choice(tag, settings, reason, split="train", others=others)
    reason = "its name does not say on which data; held-out data is assumed"
    choice = _choice(tag, settings, reason, split="validation", others=others)
    return Choice(choice.objective, choice.reason, False, choice.others)


def _unknown(
    tags: Sequence[Tag], settings: ObjectiveSettings, kind: str
) -> Choice | None:
    if not tags:
        return None
    if len(tags) == 1 and settings.goal is not None:
        reason = "the only metric; advisor.yaml gives the direction"
        return _choice(tags[0], settings, reason)
    names = ", ".join(f"`{tag.name}`" for tag in tags[:6])
    unclear = "which way it improves" if len(tags) == 1 else "which one compares trials"
    raise _ambiguity(
        f"a {kind}metric that is known",
        names,
        f"add to advisor.yaml, because the names do not say {unclear}",
        tags[0],
    )


def _ambiguity(expected: str, found: str, remedy: str, tag: Tag) -> AmbiguityError:
    """Of trials whose place the caller knows."""
    remedy = f"{remedy}: {_HINT.format(metric=tag.name)}"
    return AmbiguityError(Problem(Path(), expected, found, remedy))


def _why(tag: Tag, others: Sequence[Tag], split: str) -> str:
    data = {"validation": "validation", "test": "test", "train": "training"}[split]
    if not others:
        return f"the only metric on {data} data"
    if tag.metric.kind == "loss":
        return f"the loss on {data} data"
    if all(other.metric.kind == "loss" for other in others):
        return (
            f"a quality on {data} data comes before the loss that stands in for it "
            f"(also logged: {_listed(others)})"
        )
    return (
        f"of the qualities on {data} data, the one that usually sums the task up "
        f"(also logged: {_listed(others)})"
    )


def _listed(tags: Sequence[Tag]) -> str:
    names = ", ".join(tag.name for tag in tags[:4])
    return f"{names} and {len(tags) - 4} more" if len(tags) > 4 else names


def _choice(
    tag: Tag,
    settings: ObjectiveSettings,
    reason: str,
    *,
    goal: Goal | None = None,
    split: str | None = None,
    others: tuple[Tag, ...] = (),
) -> Choice:
    read = goal or tag.metric.goal
    # A goal beside another metric is worth less than what this one's own name says.
    own = settings.metric is None
    goal = (settings.goal or read) if own else (read or settings.goal)
    if goal is None:
        raise _ambiguity(
            f"a direction for the objective `{tag.name}`",
            "none in its name",
            "add to advisor.yaml",
            tag,
        )
    objective = Objective(
        metric=tag.name,
        goal=goal,
        split=split or tag.split or "validation",
        selection=settings.selection or "best",
    )
    certain = objective.split == "validation" and not (
        others and tag.metric.kind != "loss"
    )
    return Choice(objective, reason, certain, others)
