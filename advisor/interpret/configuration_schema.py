"""Checks every entry of a configuration; a mistake names its line and the way out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from advisor.interpret.configuration import (
    Configuration,
    ConfirmSettings,
    HyperparameterSettings,
    ObjectiveSettings,
    Selection,
    StudySettings,
)
from advisor.interpret.entries import Entries
from advisor.interpret.suppress_schema import suppression
from advisor.interpret.tune_schema import tune_settings
from advisor.model.log import Value
from advisor.model.search_space import Role, Scale, Side
from advisor.model.study import Goal
from advisor.model.trial import Part
from advisor.safe_yaml import Document

_SECTIONS = ("objective", "metrics", "hyperparameters", "studies", "trials", "ignore")
_KEYS = (*_SECTIONS, "facts", "rules", "confirm", "tune", "suppress")
_OBJECTIVE = ("metric", "goal", "selection")
_HYPERPARAMETER = ("lower", "upper", "scale", "choices", "hard", "role", "ignore")


def configuration_of(document: Document) -> Configuration:
    """The configuration that the document's entries say.

    Raises:
        ConfigurationError: an unknown key, or a value of another kind.
    """
    root = Entries.of(document)
    root.only(_KEYS)
    rules = root.section("rules")
    rules.only(("disable", "parameters", "folders"))
    return Configuration(
        path=document.path,
        objective=_objective(root.section("objective")),
        metrics=_metrics(root.section("metrics")),
        hyperparameters=_hyperparameters(root.section("hyperparameters")),
        studies=tuple(_study(each) for each in root.sections("studies")),
        trials=root.texts("trials"),
        ignore=root.texts("ignore"),
        facts=_values(root.section("facts")),
        disabled_rules=_disabled(rules),
        rule_parameters=_rule_parameters(rules.section("parameters")),
        rule_folders=_folders(rules, document.path),
        confirm=_confirm(root.section("confirm")),
        tune=tune_settings(root.section("tune")),
        suppressions=tuple(map(suppression, root.sections("suppress"))),
        document=document,
    )


def _objective(entries: Entries) -> ObjectiveSettings:
    entries.only(_OBJECTIVE)
    goal = entries.one_of("goal", tuple(each.value for each in Goal))
    selection: Any = entries.one_of("selection", get_args(Selection))
    return ObjectiveSettings(
        metric=entries.text("metric"),
        goal=Goal(goal) if goal is not None else None,
        selection=selection,
    )


def _metrics(entries: Entries) -> dict[Part, str]:
    entries.only(get_args(Part))
    found = {part: entries.text(part) for part in entries}
    return {part: tag for part, tag in found.items() if tag is not None}  # type: ignore[misc]


def _hyperparameters(entries: Entries) -> dict[str, HyperparameterSettings]:
    return {name: _hyperparameter(entries.section(name)) for name in entries}


def _hyperparameter(entries: Entries) -> HyperparameterSettings:
    entries.only(_HYPERPARAMETER)
    lower, upper = entries.number("lower"), entries.number("upper")
    scale: Scale | None = entries.one_of("scale", get_args(Scale))  # type: ignore[assignment]
    role: Role | None = entries.one_of("role", get_args(Role))  # type: ignore[assignment]
    for name, bound in (("lower", lower), ("upper", upper)):
        if bound is not None and not math.isfinite(bound):
            raise entries.error(name, "a finite number", f"`{bound}`", "leave it out")
    if lower is not None and upper is not None and lower > upper:
        raise entries.error(
            "lower", f"at most `upper`, {upper:g}", f"{lower:g}", "exchange them"
        )
    if scale == "log" and lower is not None and lower <= 0:
        raise entries.error(
            "lower",
            "a number above 0 on a log scale",
            f"{lower:g}",
            "write a small positive bound, or `scale: linear`",
        )
    return HyperparameterSettings(
        lower=lower,
        upper=upper,
        scale=scale,
        choices=entries.values("choices"),
        hard=_sides(entries),
        role=role,
        ignore=entries.boolean("ignore"),
    )


def _sides(entries: Entries) -> frozenset[Side] | None:
    if not entries.has("hard"):
        return None
    sides = entries.texts("hard")
    for side in sides:
        if side not in get_args(Side):
            raise entries.error(
                "hard", "`lower`, `upper` or both", f"`{side}`", "e.g. hard: [upper]"
            )
    return frozenset(sides)  # type: ignore[arg-type]


def _study(entries: Entries) -> StudySettings:
    entries.only(("name", "match", "objective"))
    name = entries.text("name")
    match = entries.texts("match")
    if name is None or not match:
        missing = "name" if name is None else "match"
        raise entries.error(
            missing,
            "`name` and `match`",
            f"no `{missing}`",
            'e.g. {name: baseline, match: "baseline/*"}',
        )
    objective = _objective(entries.section("objective"))
    return StudySettings(name, match, objective if entries.has("objective") else None)


def _values(entries: Entries) -> dict[str, Value]:
    return {name: entries.value(name) for name in entries}


def _disabled(rules: Entries) -> dict[str, str]:
    disabled: dict[str, str] = {}
    for each in rules.sections("disable"):
        each.only(("id", "reason"))
        name, reason = each.text("id"), each.text("reason")
        if name is None or not reason:
            raise each.error(
                "reason" if name is not None else "id",
                "a rule's `id` and a `reason`",
                f"no `{'reason' if name is not None else 'id'}`",
                'e.g. {id: still-improving, reason: "the budget is fixed"}',
            )
        disabled[name] = reason
    return disabled


def _rule_parameters(entries: Entries) -> dict[str, Mapping[str, Value]]:
    return {rule: _values(entries.section(rule)) for rule in entries}


def _confirm(entries: Entries) -> ConfirmSettings:
    entries.only(("command", "model", "data", "timeout"))
    command, model = entries.texts("command"), entries.text("model")
    if command and model is not None:
        raise entries.error(
            "model", "a `command` or a `model`", "both", "remove one of them"
        )
    if (model is None) != (entries.text("data") is None):
        raise entries.error(
            "model" if model is not None else "data",
            "`model` and `data` together",
            "one of them",
            'e.g. {model: "training:build", data: "training:load"}',
        )
    if len(command) == 1 and " " in command[0]:
        raise entries.error(
            "command",
            "a list of arguments",
            f"`{command[0]}`",
            'no shell is used: write [python, train.py, "--lr={lr}"]',
        )
    timeout = entries.number("timeout")
    if timeout is not None and not timeout > 0:
        raise entries.error("timeout", "seconds above 0", f"`{timeout:g}`", "e.g. 600")
    return ConfirmSettings(
        command, model, entries.text("data"), timeout if timeout is not None else 3600.0
    )


def _folders(rules: Entries, path: Path) -> tuple[Path, ...]:
    """Folders are relative to the file that names them."""
    folders = tuple(path.parent / each for each in rules.texts("folders"))
    for folder in folders:
        if not folder.is_dir():
            raise rules.error(
                "folders", "an existing folder", f"`{folder}`", "correct the path"
            )
    return folders
