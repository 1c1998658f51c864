"""Rounds on disk: what is written is read, and damage is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.errors import AdvisorError
from advisor.model.search_space import Hyperparameter
from advisor.tune.round import (
    PLAN,
    Range,
    Round,
    Training,
    place_of,
    read_rounds,
    write,
)

RATE = Hyperparameter("lr", "float", 1e-4, 1e-2, "log")


def a_round(number: int) -> Round:
    return Round(
        number=number,
        phase="exploration",
        since=1,
        study="tuning",
        searched={"lr": Range.of(RATE)},
        trials={"001": Training({"lr": 1e-3}, {"lr": 1e-3, "seed": 1001})},
        reason="the budget",
    )


def test_rounds_are_read_in_order_up_to_the_first_that_is_missing(
    tmp_path: Path,
) -> None:
    for number in (2, 3, 5):
        write(place_of(tmp_path, number) / PLAN, a_round(number))
    assert read_rounds(tmp_path, 2) == [a_round(2), a_round(3)]
    assert read_rounds(tmp_path, 1) == []


@pytest.mark.parametrize("content", ["", "{", '{"number": "two"}', "\x00", "[1]"])
def test_a_damaged_round_is_named_with_what_to_do(tmp_path: Path, content: str) -> None:
    path = place_of(tmp_path, 1) / PLAN
    write(path, a_round(1))
    path.write_text(content)
    with pytest.raises(AdvisorError, match="as `advisor tune` wrote it") as error:
        read_rounds(tmp_path, 1)
    assert str(path) in str(error.value)
