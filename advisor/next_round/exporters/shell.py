"""A shell script with one command a training, from the user's own command."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping

from advisor.model.log import Value
from advisor.model.next_round import NextRound, PlannedTrial
from advisor.next_round.exporters import ExportError
from advisor.text import printable

NAME = "shell"
SUFFIX = "sh"
TAKES = "bash: the command of advisor.yaml (`confirm: command:`), once a training"

_PLACEHOLDER = re.compile(r"\{([\w./-]+)\}")
_DEFAULT = ("python", "train.py", "--seed={seed}")
_LOGS = "next-round"


def export(next_round: NextRound) -> str:
    """Values that the command has no placeholder for are appended as `--name=value`."""
    command = next_round.command or _DEFAULT
    names = _Names(next_round)
    lines = ["#!/usr/bin/env bash", "set -euo pipefail", ""]
    for each in next_round.planned_trials:
        if each.repeats is not None:
            lines.append(f"# {printable(each.repeats)} again")
        lines.append(shlex.join(_arguments(command, each, names)))
    return "\n".join(lines) + "\n"


class _Names:
    """What placeholders may mean beside the values of a trial."""

    def __init__(self, next_round: NextRound) -> None:
        every = next_round.hyperparameters
        self.fixed = next_round.fixed_values
        self.aliases = {each.alias: each.name for each in every if each.alias}


def _arguments(
    command: tuple[str, ...], trial: PlannedTrial, names: _Names
) -> list[str]:
    given: Mapping[str, Value] = {
        **names.fixed,
        **trial.values,
        "seed": trial.seed,
        "directory": f"{_LOGS}/{trial.name}",
    }
    used: set[str] = set()

    def fill(match: re.Match[str]) -> str:
        name = match.group(1)
        name = name if name in given else names.aliases.get(name, name)
        if name not in given:
            raise ExportError(
                f"the command has {{{printable(name)}}}, for which {trial.name} has "
                "no value; take it out of the command"
            )
        used.add(name)
        return _text(given[name])

    arguments = []
    for part in command:
        filled = _PLACEHOLDER.sub(fill, part)
        if filled.startswith("-") and not part.startswith("-"):
            _refuse_option(part, filled)
        arguments.append(filled)
    missing = [name for name in trial.values if name not in used]
    return arguments + [f"--{name}={_text(trial.values[name])}" for name in missing]


def _refuse_option(part: str, filled: str) -> None:
    """A negative number is a value; any other text with a dash would be an option."""
    try:
        float(filled)
    except ValueError:
        raise ExportError(
            f"`{printable(filled)}` would be read as an option; write "
            f"--name={printable(part)} in the command"
        ) from None


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value) if isinstance(value, float) else printable(str(value))
