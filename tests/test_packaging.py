"""What is installed from the wheel works without the checkout, rules included."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from advisor.engine.rule_paths import rule_paths

ROOT = Path(__file__).resolve().parents[1]
WITHOUT_CHECKOUT = (
    f"import sys; sys.path[:] = [p for p in sys.path if p != {str(ROOT)!r}]"
)
IMPORTED_FROM = "import advisor; print(advisor.__file__)"
COMMAND = "from advisor.cli import main; main()"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built by the project's own backend without the network."""
    folder = tmp_path_factory.mktemp("wheel")
    _pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, ROOT)
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds nothing but the installed wheel."""
    folder = tmp_path_factory.mktemp("installed")
    _pip("install", "--no-deps", "--no-index", "--target", folder, wheel)
    return folder


def _pip(*arguments: str | Path) -> None:
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*command, *map(str, arguments)], check=True, timeout=300)


def run(installed: Path, cwd: Path, code: str, *arguments: str) -> str:
    """What Python prints with the wheel importable and the checkout not."""
    done = subprocess.run(
        [sys.executable, "-P", "-c", f"{WITHOUT_CHECKOUT}; {code}", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_holds_every_rule_and_data_file(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    rules = {f"advisor/_rules/{p.parent.name}/{p.name}" for p in rule_paths()}
    assert rules
    assert rules <= names
    data = (p for p in (ROOT / "advisor").rglob("*") if p.suffix in (".json", ".typed"))
    assert {path.relative_to(ROOT).as_posix() for path in data} <= names


def test_the_wheel_holds_nothing_else(wheel: Path) -> None:
    tops = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    (information,) = tops - {"advisor"}
    assert information.endswith(".dist-info")


def test_rules_are_found_in_the_installed_package(
    installed: Path, tmp_path: Path
) -> None:
    place = run(installed, tmp_path, IMPORTED_FROM).strip()
    assert Path(place).is_relative_to(installed)
    listed = run(installed, tmp_path, COMMAND, "rules")
    assert all(path.stem in listed for path in rule_paths())
    code = "from advisor.engine.rule_paths import rule_paths; print(rule_paths()[0])"
    first = run(installed, tmp_path, code).strip()
    assert Path(first).is_relative_to(installed)


def test_the_installed_package_checks_logs(installed: Path, tmp_path: Path) -> None:
    logs = ROOT / "fixtures" / "trainer-sweep"
    arguments = ("check", str(logs), "--output", "report.md", "--exit-zero")
    run(installed, tmp_path, COMMAND, *arguments)
    assert "## Do these next" in (tmp_path / "report.md").read_text("utf-8")
    assert list((tmp_path / "report_files").glob("*.png"))
