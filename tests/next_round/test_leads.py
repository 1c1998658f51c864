"""What undecided rules ask for: a step that costs little, in exploration only."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from advisor.cli_suggest_page import rendered
from advisor.engine.rule_set import load_rules
from advisor.model.finding import Edit, Lead, Outcome, Subject
from advisor.model.next_round import NextRound
from advisor.model.search_space import Hyperparameter, SearchSpace
from advisor.model.study import Goal, Objective, Study
from advisor.model.trial import Trial
from advisor.next_round import markdown
from advisor.next_round.plan import Wishes, next_round
from advisor.pipeline import evaluate
from benchmarks.advice_loop import _NO_LOGS

from .findings import finding, learning_rate
from .studies import study

LOWER, UPPER = learning_rate().bounds


def lead(target: str = "lr", **arguments: Any) -> Lead:
    edit = Edit("widen", target, arguments or {"side": "upper", "to": 10 * UPPER})
    subject = Subject("search", "hyperparameter", target)
    return Lead("bounds", subject, "the odds are 4 to 1", (edit,), "#bounds")


def planned(*leads: Lead, **options: Any) -> NextRound:
    findings = options.pop("findings", [])
    return next_round(
        study(), findings, {}, leads=leads, wishes=Wishes(trials=8, **options)
    )


def bounds(made: NextRound) -> tuple[float, float]:
    (rate,) = (each for each in made.searched if each.name == "lr")
    assert rate.space is not None
    return rate.space.bounds


def test_it_is_carried_out_and_says_that_it_is_undecided() -> None:
    made = planned(lead())
    assert bounds(made) == (LOWER, 10 * UPPER)
    (change,) = made.searched[0].changes
    assert change.finding == lead().id
    assert change.reason == "undecided: the odds are 4 to 1"
    assert made.causes[change.finding].message == "Undecided: the odds are 4 to 1."
    text = markdown.render(made)
    assert f"### {change.finding}\n\nUndecided: the odds are 4 to 1." in text


def test_the_terminal_tells_it_from_a_finding() -> None:
    text = rendered([planned(lead())], None)
    assert "bounds (undecided)" in text
    assert max(map(len, text.splitlines())) <= 80


def test_without_one_nothing_moves() -> None:
    assert bounds(planned()) == (LOWER, UPPER)


@pytest.mark.parametrize("last", [False, True])
def test_it_has_no_say_once_exploration_is_done(*, last: bool) -> None:
    done = finding("done", ("set", "phase", {"value": "exploitation"}))
    made = planned(lead(), findings=[done], last=last)
    assert made.phase == "exploitation"
    assert bounds(made) == (LOWER, UPPER)


def test_the_last_round_of_an_exploration_goes_there_too() -> None:
    made = planned(lead(), last=True)
    assert made.phase == "exploitation"
    assert bounds(made) == (LOWER, 10 * UPPER)


def test_a_finding_has_precedence_and_the_conflict_is_shown() -> None:
    cut = finding("cut", ("narrow", "lr", {"side": "upper", "to": 0.05}))
    made = planned(lead(), findings=[cut])
    assert bounds(made) == (LOWER, 0.05)
    (conflict,) = made.conflicts
    assert (conflict.finding, conflict.winner) == (lead().id, cut.id)


def searched(best: float, trials: int, noise: float) -> Study:
    """Two hyperparameters; the error is least at `best` of the first one's range."""
    rng = np.random.default_rng(3)
    axes = (
        learning_rate(),
        Hyperparameter(
            "decay",
            "float",
            1e-6,
            1e-2,
            "log",
            declared=True,
            alias="weight_decay",
            limits=(0.0, None),
        ),
    )
    places = rng.random((trials, 2))
    errors = 0.3 + abs(places[:, 0] - best) + noise * rng.standard_normal(trials)
    made = tuple(
        Trial(
            f"t{i}",
            {axis.name: axis.value_at(x) for axis, x in zip(axes, row, strict=True)},
            error=float(error),
        )
        for i, (row, error) in enumerate(zip(places, errors, strict=True))
    )
    objective = Objective("x", Goal.MINIMIZE)
    return Study("search", made, objective, SearchSpace(axes), "quasi-random")


def leads_of(made: Study) -> dict[str, tuple[Outcome, tuple[Edit, ...]]]:
    """By hyperparameter: the verdict on its bounds, and what it asks meanwhile."""
    evaluation = evaluate(_NO_LOGS, [made], load_rules())
    edits = {each.subject.name: each.edits for each in evaluation.leads_in(made)}
    return {
        each.subject.name: (each.outcome, edits.get(each.subject.name, ()))
        for each in evaluation.verdicts
        if each.rule == "optimum-at-boundary"
    }


def test_a_bound_that_good_trials_lean_towards_moves_before_it_is_sure() -> None:
    outcome, edits = leads_of(searched(1.0, 12, 0.25))["lr"]
    assert outcome is Outcome.INCONCLUSIVE
    assert edits == (Edit("widen", "lr", {"side": "upper", "to": pytest.approx(1.0)}),)


def test_where_it_is_sure_the_finding_asks_for_it() -> None:
    assert leads_of(searched(1.0, 40, 0.02))["lr"] == (Outcome.FIRES, ())


def test_an_optimum_inside_and_no_effect_at_all_ask_for_nothing() -> None:
    assert leads_of(searched(0.5, 30, 0.05))["lr"][1] == ()
    assert leads_of(searched(0.5, 30, 0.05))["decay"][1] == ()


def test_a_limit_stays() -> None:
    made = searched(1.0, 12, 0.25)
    hard = replace(made.search_space["lr"], hard=frozenset({"upper"}))
    space = SearchSpace((hard, made.search_space["decay"]))
    assert leads_of(replace(made, search_space=space))["lr"][1] == ()
