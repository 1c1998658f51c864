"""What the project promises of itself: sizes, names, imports, no dangerous calls."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted((ROOT / "advisor").rglob("*.py"))
FORBIDDEN_IMPORTS = {"pickle", "cPickle", "dill", "shelve", "marshal"}
TRAINER = ROOT / "advisor" / "trainer"  # the only TensorFlow code
FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__"}
HEAVY = ("numpy", "pandas", "scipy", "matplotlib", "rich", "tensorflow", "jinja2")


def identify(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", MODULES, ids=identify)
def test_modules_are_short(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 250


@pytest.mark.parametrize("path", MODULES, ids=identify)
def test_functions_are_short(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef):
            assert node.end_lineno is not None
            length = node.end_lineno - node.body[0].lineno + 1
            assert length <= 60, f"{node.name} has {length} lines"


@pytest.mark.parametrize("path", MODULES, ids=identify)
def test_nothing_from_logs_can_be_executed(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names = {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names = {(node.module or "").partition(".")[0]}
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in FORBIDDEN_CALLS
            continue
        else:
            continue
        assert not names & FORBIDDEN_IMPORTS
        assert TRAINER in path.parents or "tensorflow" not in names


def test_the_command_line_imports_nothing_heavy() -> None:
    code = (
        "import sys, advisor.cli;"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_rule_is_one_file_in_a_known_group() -> None:
    groups = {path.parent.name for path in (ROOT / "rules").rglob("*.yaml")}
    assert groups <= {
        "search-space",
        "training-curves",
        "stability",
        "batch-size",
        "training-steps",
        "adoption",
        "evaluation",
        "tracking",
    }
