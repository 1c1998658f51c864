"""What a configuration takes away from a check, told in every output.

A pull request can bring a configuration with its logs. A gate that silently judged by
it would pass whatever its author likes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from advisor.interpret.configuration import FILE_NAME, Configuration


def weakening(configuration: Configuration, roots: Sequence[Path]) -> tuple[str, ...]:
    """A notice for each kind of thing that is judged less, or otherwise.

    `roots` are the folders with logs: a configuration that was found in one of them
    came with these.
    """
    told = list(_told(configuration))
    if (told or configuration.suppressions) and _among(configuration, roots):
        told.append(
            f"{_place(configuration)} lies among the logs: who brings logs can bring "
            "it. --config names another, --no-search looks for none there."
        )
    return tuple(told)


def _told(configuration: Configuration) -> Iterator[str]:
    place = _place(configuration)
    if configuration.disabled_rules:
        rules = (f"{id} ({why})" for id, why in configuration.disabled_rules.items())
        yield f"{place} switches off {', '.join(rules)}."
    if configuration.rule_parameters:
        changed = (
            f"{id}.{name} = {value}"
            for id, values in configuration.rule_parameters.items()
            for name, value in values.items()
        )
        yield f"{place} judges by thresholds of its own: {', '.join(changed)}."
    if configuration.ignore:
        yield f"{place} leaves out trials: {', '.join(configuration.ignore)}."
    if configuration.trials:
        yield f"{place} checks only the trials {', '.join(configuration.trials)}."


def _among(configuration: Configuration, roots: Sequence[Path]) -> bool:
    """Whether it was found, not named, in a folder with logs."""
    path, here = configuration.path, Path.cwd()
    if path is None or configuration.explicit:
        return False
    folder = path.resolve().parent
    above = folder in (here, *here.parents)
    return not above and any(folder.is_relative_to(each.resolve()) for each in roots)


def _place(configuration: Configuration) -> str:
    path = configuration.path or Path(FILE_NAME)
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
