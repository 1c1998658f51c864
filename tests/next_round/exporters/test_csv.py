"""The planned trials as a table, read back."""

from __future__ import annotations

import csv
import io

from advisor.next_round.exporters import exporters

from .rounds import HOSTILE, hostile, rich


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_one_row_a_training_with_its_own_seed() -> None:
    made = rich()
    found = rows(exporters()["csv"].export(made))
    assert len(found) == len(made.points) + 2
    assert len({row["seed"] for row in found}) == len(found)
    assert [row["repeat_of"] for row in found[-2:]] == ["trial-0", "trial-0"]


def test_values_come_back_as_they_were() -> None:
    made = rich()
    for row, point in zip(
        rows(exporters()["csv"].export(made)), made.points, strict=False
    ):
        assert float(row["lr"]) == point["lr"]
        assert row["batch_size"] == "64"
        assert (row["momentum"] == "") == ("momentum" not in point)


def test_hostile_text_stays_in_its_cell() -> None:
    found = rows(exporters()["csv"].export(hostile()))
    assert {row[HOSTILE] for row in found} <= {HOSTILE, "-rf", "a\nb"}


def test_rounds_and_their_seeds_differ() -> None:
    first = rows(exporters()["csv"].export(rich()))[0]
    assert (first["trial"], first["seed"]) == ("round-2-001", "2001")
