"""Later rounds are judged in the search space that was planned for them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from advisor.model.planned_space import PLAN, Change, Constraint
from advisor.model.study import Study
from advisor.next_round import yaml_file
from advisor.next_round.continued import continued, planned_in
from advisor.next_round.earlier import EarlierRound, read_earlier
from advisor.next_round.plan import Wishes, next_round

from .findings import finding
from .studies import study

EDITS = (
    ("narrow", "lr", {"side": "upper", "to": 0.05}),
    ("fix", "batch_size", {"value": 64}),
    ("reparameterise", "momentum", {"to": "one_minus_momentum"}),
)


@pytest.fixture
def earlier(tmp_path: Path) -> EarlierRound:
    """As it comes back from its file."""
    made = next_round(study(), [finding("f", *EDITS)], {})
    file = tmp_path / "next_round.yaml"
    file.write_text(yaml_file.render(made), "utf-8")
    found = read_earlier(file)
    assert found is not None
    return found


@pytest.fixture
def after(earlier: EarlierRound) -> Study:
    return continued(study(), planned_in(earlier.hyperparameters, study()))


def test_the_ranges_are_those_of_the_plan(after: Study) -> None:
    rate, size = after.search_space["lr"], after.search_space["batch_size"]
    assert (rate.bounds[1], rate.scale, rate.declared) == (0.05, "log", True)
    assert (size.varies, size.bounds) == (False, (64, 64))
    assert "dropout" in after.search_space


def test_one_minus_a_hyperparameter_is_filled_in_for_earlier_trials(
    after: Study,
) -> None:
    assert "momentum" not in after.search_space
    old = study().trials[0].hyperparameters["momentum"]
    assert isinstance(old, float)
    value = after.trials[0].hyperparameters["one_minus_momentum"]
    assert value == pytest.approx(1 - old)


def test_so_it_stays_in_the_rounds_after(after: Study) -> None:
    made = next_round(after, [], {})
    later = continued(study(), made.hyperparameters)
    assert "momentum" not in later.search_space
    assert later.trials[0].hyperparameters["one_minus_momentum"] == pytest.approx(0.1)


def test_no_trial_is_lost(after: Study) -> None:
    assert [each.name for each in after.trials] == [
        each.name for each in study().trials
    ]


def test_a_bound_that_left_its_natural_limit_is_hard_no_longer() -> None:
    made = next_round(
        study(),
        [finding("f", ("narrow", "momentum", {"side": "lower", "to": 0.85}))],
        {},
    )
    later = continued(study(), made.hyperparameters)
    assert later.search_space["momentum"].hard == frozenset()


def test_regions_stay_left_out_until_the_best_trial_lies_there() -> None:
    region = Constraint({"lr": 1.0, "momentum": 1.0}, 0.02, None, Change("", PLAN, ""))
    kept = next_round(study(), [], {}, wishes=Wishes(constraints=(region,)))
    assert kept.constraints == (region,)
    outdated = Constraint({"lr": 1.0}, 0.005, None, Change("", PLAN, ""))
    made = next_round(study(), [], {}, wishes=Wishes(constraints=(outdated,)))
    assert made.constraints == ()


def test_regions_are_read_back(tmp_path: Path) -> None:
    edit = ("exclude", "lr", {"above": 0.05, "times": {"momentum": 1}})
    made = next_round(study(), [finding("f", edit)], {})
    file = tmp_path / "next_round.yaml"
    file.write_text(yaml_file.render(made), "utf-8")
    earlier = read_earlier(file)
    assert earlier is not None
    (region,) = earlier.constraints
    assert str(region) == str(made.constraints[0])


@pytest.mark.parametrize(
    "entry",
    [
        None,
        {"lower": 1, "upper": 0.1, "scale": "log"},
        {"lower": 0, "upper": 0.1, "scale": "log"},
        {"lower": "0.1", "upper": 1},
        {"role": "fixed", "value": [1]},
    ],
)
def test_what_says_nothing_leaves_the_range_as_logged(entry: Any) -> None:
    later = continued(study(), planned_in({"lr": entry, "unheard_of": {}}, study()))
    assert later.search_space["lr"] == study().search_space["lr"]
