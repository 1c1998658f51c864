"""Repeats that share a seed or their numbers with another."""

from __future__ import annotations

import pytest
from synthetic_adoption import seeded

from advisor.features.configurations import tried_configurations
from advisor.features.feature import NotEnoughDataError
from advisor.features.repeat_seeds import repeat_seeds, without_shared_seeds


@pytest.mark.parametrize(
    ("seeds", "copies", "expected"),
    [
        (((0, 1, 2),), 0, (3, 3, 0, 0, 3)),
        (((0, 0, 0),), 0, (3, 3, 2, 0, 1)),
        (((0, 1), (1, 0)), 0, (4, 4, 0, 0, 4)),
        (((0, 1, 1), (5,)), 2, (5, 5, 1, 2, 2)),
        (((None, None),), 0, (2, 0, 0, 0, 2)),
        (((None, 3, 3),), 0, (3, 2, 1, 0, 2)),
    ],
)
def test_counts(
    seeds: tuple[tuple[int | None, ...], ...],
    copies: int,
    expected: tuple[int, ...],
) -> None:
    found = repeat_seeds(seeded(seeds=seeds, copies=copies))
    assert (
        found.repeats,
        found.known,
        found.shared,
        found.copies,
        found.own,
    ) == expected


def test_the_first_of_each_seed_is_left() -> None:
    study = seeded(seeds=((4, 4, None, 5, None),))
    (tried,) = tried_configurations(study)
    kept = [trial.name for trial in without_shared_seeds(tried)]
    assert kept == ["trial-0-0", "trial-0-2", "trial-0-3", "trial-0-4"]


def test_without_repeats_there_is_nothing_to_say() -> None:
    with pytest.raises(NotEnoughDataError, match="none was"):
        repeat_seeds(seeded(seeds=((0,), (0,))))
