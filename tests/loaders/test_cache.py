"""Kept readings: the same as those of the files, and never more than these."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from kept_readings import FIXTURES, FOLDERS, ROOT, Count, assert_the_same, told
from test_hostile_tree import make_bad, make_good, make_names

from advisor.cli import main
from advisor.loaders.cache.folder import switched_off
from advisor.loaders.collect import collect

pytestmark = pytest.mark.usefixtures("folder")


@pytest.mark.parametrize("root", [*FIXTURES, *FOLDERS], ids=lambda each: each.name)
def test_what_is_kept_is_what_was_read(root: Path, count: Count) -> None:
    if root.is_dir() and root.name != "generate":
        assert_the_same(root, count)


def test_hostile_logs_are_kept_too(tmp_path: Path) -> None:
    for make in (make_good, make_bad, make_names):
        make(tmp_path)
    with switched_off():
        plain = told(collect([tmp_path]))
    assert plain == told(collect([tmp_path])) == told(collect([tmp_path]))


def test_reports_are_the_same_byte_for_byte(tmp_path: Path) -> None:
    def report(*more: str) -> str:
        place = tmp_path / "report.md"
        words = ["check", str(ROOT / "fixtures/trainer-sweep"), "--exit-zero", *more]
        words += ["--no-plots", "--output", str(place)]
        result = CliRunner().invoke(main, words, catch_exceptions=False)
        return result.output + place.read_text("utf-8")

    plain = report("--no-cache")
    assert plain == report() == report()
