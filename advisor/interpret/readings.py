"""Every inference in words: what, why, and the line of advisor.yaml that changes it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from advisor.interpret.episodes import EPISODES, is_of_episodes
from advisor.interpret.groups import Group
from advisor.interpret.hyperparameters import Searched
from advisor.interpret.objective import Choice
from advisor.interpret.parts import Source
from advisor.interpret.throughput import batch_size_of
from advisor.interpret.yaml_text import yaml_text
from advisor.model.search_space import Hyperparameter
from advisor.model.study import Reading
from advisor.model.trial import Part, Trial

_PARTS: Mapping[Part, str] = {
    "training_loss": "training loss",
    "training_error": "objective on the training set",
    "validation_loss": "validation loss",
    "learning_rate": "learning rate",
    "gradient_norm": "gradient norm",
    "throughput": "examples per second",
}
_LISTED = 6


@dataclass(frozen=True, slots=True)
class Understood:
    """Everything that was inferred about one group of trials."""

    group: Group
    trials: tuple[Trial, ...]
    choice: Choice | None
    parts: Mapping[Part, tuple[Source, ...]]
    searched: Searched


def metrics_of(understood: Understood) -> dict[Part, str]:
    """The tags that play each part in most trials, as found."""
    return {part: sources[0].text for part, sources in understood.parts.items()}


def readings_of(understood: Understood) -> Iterator[Reading]:
    """Study, objective, parts, hyperparameters and feasibility, in that order."""
    yield _of_group(understood.group, understood.trials)
    yield _of_objective(understood)
    yield from _of_parts(understood)
    for each in understood.searched.space.varied:
        yield _of_hyperparameter(each, understood.searched)
    yield from _of_left_out(understood.searched.left_out)
    yield from _of_trials(understood.trials)


def _of_group(group: Group, trials: Sequence[Trial]) -> Reading:
    names = [f"{trial.name}/." for trial in trials]
    # A trial that lies above the given folder has its whole path as its name.
    alike = len({os.path.isabs(name) for name in names}) == 1
    common = os.path.commonpath(names) if alike else ""
    entry = {"name": group.name, "match": f"{common}/*" if common else "*"}
    return Reading(
        "study",
        f"{group.name}, {len(group.logs)} trial{'s' * (len(group.logs) != 1)}",
        group.reason,
        f"studies: [{yaml_text(entry)}]",
        group.certain,
    )


def _of_objective(understood: Understood) -> Reading:
    choice = understood.choice
    if choice is None:
        return Reading(
            "objective",
            "none",
            "no metric of any trial tells how well training went",
            "objective: {metric: TAG, goal: minimize}",
            certain=False,
        )
    objective = choice.objective
    line = {"metric": objective.metric, "goal": objective.goal.value}
    if objective.selection != "best":
        line["selection"] = objective.selection
    value = (
        f"{objective.metric}, {objective.goal.value}, on {objective.split} data, "
        f"{objective.selection} value over training"
    )
    if is_of_episodes(objective):
        value += f", means of up to {EPISODES} episodes"
    return Reading(
        "objective",
        value,
        choice.reason,
        f"objective: {yaml_text(line)}",
        choice.certain,
    )


def _of_parts(understood: Understood) -> Iterator[Reading]:
    for part, name in _PARTS.items():
        sources = understood.parts.get(part, ())
        if sources:
            first = sources[0]
            others = [source.text for source in sources[1:]]
            reason = first.reason
            if others:
                reason += f" (where a trial lacks it: {', '.join(others[:_LISTED])})"
            override = f"metrics: {yaml_text({part: first.tags[0]})}"
            yield Reading(name, first.text, reason, override)
        elif part == "throughput" and _derived(understood.trials):
            yield Reading(
                name,
                "batch size times steps over seconds",
                "it is not logged; wall times, steps and the batch size are",
                "metrics: {throughput: TAG}",
            )


def _derived(trials: Sequence[Trial]) -> bool:
    return any(
        "throughput" in trial.curves and batch_size_of(trial.hyperparameters)
        for trial in trials
    )


def _of_hyperparameter(each: Hyperparameter, searched: Searched) -> Reading:
    if not each.ordered:
        value = f"choices {', '.join(map(str, each.choices[:_LISTED]))}, {each.role}"
        said: dict[str, object] = {"role": each.role}
    else:
        lower, upper = each.bounds
        value = f"{lower:g} to {upper:g}, {each.scale} scale, {each.role}"
        said = {"lower": lower, "upper": upper, "scale": each.scale}
        if each.hard:
            value += f", {' and '.join(sorted(each.hard))} bound cannot be crossed"
    override = f"hyperparameters: {yaml_text({each.name: said})}"
    reason = searched.reasons[each.name]
    return Reading(
        each.name, value, reason, override, each.name not in searched.guessed
    )


def _of_left_out(left_out: Mapping[str, str]) -> Iterator[Reading]:
    """Entries that vary and are no hyperparameters, by reason."""
    by_reason: dict[str, list[str]] = {}
    for key, reason in left_out.items():
        by_reason.setdefault(reason, []).append(key)
    for reason, keys in by_reason.items():
        more = f" and {len(keys) - _LISTED} more" if len(keys) > _LISTED else ""
        yield Reading(
            "no hyperparameter",
            ", ".join(keys[:_LISTED]) + more,
            reason,
            f"hyperparameters: {yaml_text({keys[0]: {'ignore': False}})}",
        )


def _of_trials(trials: Sequence[Trial]) -> Iterator[Reading]:
    infeasible = [trial for trial in trials if trial.infeasibility is not None]
    without = [t for t in trials if t.error is None and t.infeasibility is None]
    if infeasible:
        names = ", ".join(trial.name for trial in infeasible[:_LISTED])
        yield Reading(
            "infeasible trials",
            f"{len(infeasible)} of {len(trials)}",
            f"{names}: their own reasons are listed with them",
            "",
        )
    if without:
        names = ", ".join(trial.name for trial in without[:_LISTED])
        yield Reading(
            "trials without an objective",
            f"{len(without)} of {len(trials)}",
            f"{names}: no value of the objective is in their logs",
            "",
            certain=False,
        )
