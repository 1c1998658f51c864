"""A Hydra multirun over ranges, for a sweeper plugin such as hydra-optuna-sweeper."""

from __future__ import annotations

import re
from typing import Any

import yaml

from advisor.model.log import Value
from advisor.model.next_round import NextRound
from advisor.model.search_space import Hyperparameter
from advisor.next_round.exporters import ExportError
from advisor.text import printable

NAME = "hydra"
SUFFIX = "hydra.yaml"
TAKES = "`--multirun` with hydra-optuna-sweeper; no regions, no conditions"

_KEY = re.compile(r"[A-Za-z_][\w-]*([./][\w-]+)*")
_HEAD = """\
# @package _global_
# As experiment/next_round.yaml in a folder of configurations:
#   python train.py --multirun --config-dir FOLDER +experiment=next_round
# The sweeper draws its own points; those of the round are in the shell export.
"""


def export(next_round: NextRound) -> str:
    """`hydra.sweeper.params` in the syntax of Hydra's overrides."""
    params: dict[str, str] = {}
    for each in next_round.searched:
        assert each.space is not None
        params[_checked(each.name)] = _override(each.space)
    for each in next_round.newly_fixed:
        params[_checked(each.name)] = _literal(each.value)
    objective = next_round.objective
    sweeper: dict[str, Any] = {
        "direction": objective.goal.value if objective is not None else "minimize",
        "n_trials": next_round.trials,
        "params": params,
    }
    data = {
        "defaults": [{"override /hydra/sweeper": "optuna"}],
        "hydra": {"mode": "MULTIRUN", "sweeper": sweeper},
    }
    return _HEAD + yaml.safe_dump(data, sort_keys=False, allow_unicode=True)


def _override(space: Hyperparameter) -> str:
    if space.choices:
        return f"choice({', '.join(map(_literal, space.choices))})"
    lower, upper = space.bounds
    if space.kind == "integer":
        made = f"int(interval({int(lower)}, {int(upper)}))"
    else:
        made = f"interval({float(lower)!r}, {float(upper)!r})"
    return f"tag(log, {made})" if space.scale == "log" else made


def _literal(value: Value) -> str:
    """A value as Hydra reads it; text is quoted, so that nothing in it is syntax."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    if "${" in value:
        raise ExportError(
            f"Hydra would interpolate `{printable(value)}`; export to csv instead"
        )
    return "'" + re.sub(r"(\\*)'", r"\1\1\\'", value) + _doubled_end(value) + "'"


def _doubled_end(value: str) -> str:
    """Backslashes before the closing quote are doubled, as Hydra wants them."""
    return "\\" * (len(value) - len(value.rstrip("\\")))


def _checked(name: str) -> str:
    if _KEY.fullmatch(name):
        return name
    raise ExportError(
        f"Hydra takes keys such as `optimizer.lr`, found `{printable(name)}`; "
        "export to csv instead"
    )
