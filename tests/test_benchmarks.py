"""The command that runs all benchmarks fails when one misses its goal."""

from __future__ import annotations

import pkgutil
import sys
from types import ModuleType

import pytest

import benchmarks
from benchmarks.__main__ import main


@pytest.mark.parametrize(("results", "code"), [((0, 0), 0), ((0, 1), 1)])
def test_a_missed_goal_is_exit_1(
    monkeypatch: pytest.MonkeyPatch, results: tuple[int, int], code: int
) -> None:
    names = ("first", "second")
    for name, result in zip(names, results, strict=True):
        module = ModuleType(f"benchmarks.{name}", "What it measures.")
        module.main = lambda result=result: result  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, module.__name__, module)
    infos = [pkgutil.ModuleInfo(None, name, False) for name in names]  # type: ignore[arg-type]
    monkeypatch.setattr(pkgutil, "iter_modules", lambda path: infos)
    monkeypatch.setattr(sys, "argv", ["benchmarks"])
    assert benchmarks.__path__
    assert main() == code


def test_every_benchmark_has_a_goal_or_is_shared_by_others() -> None:
    modules = {info.name for info in pkgutil.iter_modules(benchmarks.__path__)}
    assert {"event_files", "start_up", "boundary_false_alarms"} <= modules
