"""Where the rule files are. Imports next to nothing: listing them is instant."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from advisor.errors import AdvisorError, Problem, RuleError


def builtin_directory() -> Path:
    """The folder of the rules that ship with advisor, installed or in a checkout."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "_rules"
    return installed if installed.is_dir() else package.parent / "rules"


def rule_paths(folders: Iterable[Path] = ()) -> tuple[Path, ...]:
    """Every rule file, built-in first, in order of group and name.

    Raises:
        AdvisorError: a folder that does not exist, or two rules with one id.
    """
    found: dict[str, Path] = {}
    for folder in (builtin_directory(), *folders):
        if not folder.is_dir():
            raise AdvisorError(f"{folder}: expected a folder of rules, found none")
        for path in sorted(folder.rglob("*.yaml")):
            if path.stem in found:
                raise RuleError(
                    Problem(
                        path,
                        "an id of its own",
                        f"`{path.stem}`, which {found[path.stem]} has",
                        "rename the file, or switch the other rule off",
                    )
                )
            found[path.stem] = path
    return tuple(found.values())
