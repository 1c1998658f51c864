"""The rules that apply: where they are found, and in which order they are evaluated."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from advisor.engine.rule import Rule, load_rule
from advisor.engine.rule_paths import rule_paths
from advisor.errors import AdvisorError
from advisor.model.log import Value


@dataclass(frozen=True, slots=True)
class RuleSettings:
    """What the user changed: rules switched off, with reasons, and thresholds."""

    disabled: Mapping[str, str] = field(default_factory=dict)  # id: reason
    parameters: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    folders: Sequence[Path] = ()  # rules of the user's own


def load_rules(settings: RuleSettings | None = None) -> tuple[Rule, ...]:
    """All rules, each after those whose findings it reads.

    Raises:
        RuleError: a mistake in a rule file.
        AdvisorError: a setting for an unknown rule or parameter; a cycle.
    """
    settings = settings or RuleSettings()
    rules = {path.stem: load_rule(path) for path in rule_paths(settings.folders)}
    _check(settings, rules)
    for rule in rules.values():
        for other in rule.depends_on - rules.keys():
            raise AdvisorError(
                f"{rule.path}: expected the id of a rule, found `{other}`; "
                f"there are {', '.join(sorted(rules))}"
            )
    try:
        order = TopologicalSorter(
            {name: sorted(rule.depends_on) for name, rule in rules.items()}
        )
        return tuple(rules[name] for name in order.static_order())
    except CycleError as error:
        circle = " -> ".join(error.args[1])
        raise AdvisorError(
            f"rules read each other's findings in a circle: {circle}"
        ) from error


def find_rule(name: str) -> Rule:
    """The built-in rule of that id.

    Raises:
        AdvisorError: there is none; names the nearest.
    """
    paths = {path.stem: path for path in rule_paths()}
    if name not in paths:
        near = difflib.get_close_matches(name, paths, n=3, cutoff=0.3)
        raise AdvisorError(
            f"expected the id of a rule, found `{name}`; "
            f"did you mean {' or '.join(near) if near else 'one of `advisor rules`'}?"
        )
    return load_rule(paths[name])


def _check(settings: RuleSettings, rules: Mapping[str, Rule]) -> None:
    for name in (*settings.disabled, *settings.parameters):
        if name not in rules:
            raise AdvisorError(
                f"advisor.yaml: expected the id of a rule, found `{name}`; "
                "`advisor rules` lists them"
            )
    for name, values in settings.parameters.items():
        known = rules[name].source.parameters
        for parameter in values:
            if parameter not in known:
                raise AdvisorError(
                    f"advisor.yaml: {name} has no parameter `{parameter}`; "
                    f"it has {', '.join(known)}"
                )
