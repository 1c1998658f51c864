"""A module that lies where the user stands, or among the logs, is never imported."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
NAMES = (
    *("html", "json", "csv", "yaml", "re", "math", "dataclasses", "sitecustomize"),
    *("numpy", "pandas", "scipy", "click", "rich", "msgspec", "matplotlib", "advisor"),
)
# What pip writes for `[project.scripts]`.
SCRIPT = "import sys\nfrom advisor.cli import main\nsys.exit(main())\n"


@pytest.fixture
def trap(tmp_path: Path) -> Path:
    """A folder of logs with modules that leave a mark if they are imported."""
    for folder in (tmp_path / "logs", tmp_path / "logs" / "t"):
        folder.mkdir()
        for name in NAMES:
            mark = f"open({str(tmp_path / 'imported')!r}, 'a').write({name!r})\n"
            (folder / f"{name}.py").write_text(mark)
    rows = "".join(f"{i},{1 / (i + 1)},{1 / (i + 2)}\n" for i in range(20))
    (tmp_path / "logs/t/training.csv").write_text("epoch,loss,val_loss\n" + rows)
    return tmp_path / "logs"


def console_script(folder: Path) -> list[str]:
    script = folder / "bin" / "advisor"
    script.parent.mkdir()
    script.write_text(SCRIPT)
    return [sys.executable, str(script)]


def isolated(folder: Path) -> list[str]:
    return [sys.executable, "-P", "-c", SCRIPT]


@pytest.mark.parametrize("start", [console_script, isolated])
@pytest.mark.parametrize(
    "arguments",
    [
        ("check", ".", "--exit-zero"),
        ("check", ".", "--exit-zero", "-o", "../out/report.md", "-o", "sarif=../out/x"),
        ("inspect", "t"),
        ("suggest", ".", "--output", "../out"),
    ],
)
def test_modules_beside_the_user_are_not_imported(
    trap: Path, start: object, arguments: tuple[str, ...]
) -> None:
    assert callable(start)
    done = subprocess.run(
        [*start(trap.parent), *arguments],
        cwd=trap,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not (trap.parent / "imported").exists()


def test_there_is_no_module_to_run() -> None:
    """`python -m advisor` would put the working directory first on the path."""
    assert not (ROOT / "advisor" / "__main__.py").exists()
