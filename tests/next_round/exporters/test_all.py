"""What holds for every export."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from advisor.model.search_space import SearchSpace
from advisor.next_round.exporters import ExportError, exporters, names
from advisor.next_round.plan import next_round

from ..findings import constant
from ..studies import study
from .rounds import hostile, rich

DOCS = (Path(__file__).resolve().parents[3] / "docs" / "next-round.md").read_text(
    "utf-8"
)


def test_targets_are_found_by_listing_the_package() -> None:
    assert names() == tuple(sorted(exporters()))
    assert {"wandb", "optuna", "csv", "shell"} <= set(names())
    for name, module in exporters().items():
        assert name == module.NAME
        assert module.TAKES


def test_no_two_targets_write_one_file() -> None:
    suffixes = [each.SUFFIX for each in exporters().values()]
    assert len(set(suffixes)) == len(suffixes)


@pytest.mark.parametrize("name", names())
def test_every_searched_hyperparameter_is_exported(name: str) -> None:
    made = rich()
    text = exporters()[name].export(made)
    assert text.endswith("\n")
    for each in (*made.searched, *made.newly_fixed):
        assert each.name in text


@pytest.mark.parametrize("name", names())
def test_the_same_round_gives_the_same_text(name: str) -> None:
    assert exporters()[name].export(rich()) == exporters()[name].export(rich())


REFUSES = ("hydra", "wandb")


@pytest.mark.parametrize("name", sorted(set(names()) - set(REFUSES)))
def test_hostile_names_stay_text(name: str) -> None:
    text = exporters()[name].export(hostile())
    if exporters()[name].SUFFIX.endswith("json"):
        assert json.loads(text)


@pytest.mark.parametrize("name", REFUSES)
def test_names_that_a_target_does_not_take_are_refused(name: str) -> None:
    with pytest.raises(ExportError, match="export to csv"):
        exporters()[name].export(hostile())


@pytest.mark.parametrize("name", names())
def test_a_round_without_anything_to_search(name: str) -> None:
    space = SearchSpace((constant("dropout", 0.1),))
    assert exporters()[name].export(next_round(study(space=space), [], {}))


def test_every_target_is_documented() -> None:
    for name, module in exporters().items():
        (row,) = [
            each for each in DOCS.splitlines() if each.startswith(f"| `{name}` |")
        ]
        assert module.SUFFIX in row
        assert module.TAKES in row
