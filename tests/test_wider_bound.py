"""Laws of `wider_bound`: what may be proposed for the next round."""

from __future__ import annotations

import pytest
import synthetic_searches as searches

from advisor.engine.evaluate import evaluate_study
from advisor.engine.rule_set import RuleSettings, find_rule
from advisor.model.search_space import Hyperparameter, Side
from advisor.model.wider_bound import wider_bound

POSITIVE, FRACTION, WHOLE = (0.0, None), (0.0, 1.0), (1.0, None)

MOVES = [
    # alias, kind, lower, upper, scale, limits, side, next bound
    ("learning_rate", "float", 1e-5, 0.1, "log", POSITIVE, "upper", 1.0),
    ("learning_rate", "float", 1e-5, 0.1, "log", POSITIVE, "lower", 1e-6),
    ("learning_rate", "float", 0.001, 0.1, "linear", POSITIVE, "upper", 0.1495),
    ("learning_rate", "float", 0.001, 0.1, "linear", POSITIVE, "lower", 0.0001),
    ("dropout", "float", 0.1, 0.5, "linear", FRACTION, "lower", 0.0),
    ("dropout", "float", 0.0, 0.5, "linear", FRACTION, "upper", 0.75),
    ("dropout", "float", 0.0, 0.8, "linear", FRACTION, "upper", 0.9),
    ("momentum", "float", 0.8, 0.99, "linear", FRACTION, "upper", 0.999),
    ("one_minus_momentum", "float", 0.001, 0.5, "log", FRACTION, "upper", 0.75),
    ("batch_size", "integer", 16, 256, "log", WHOLE, "upper", 2048),
    ("batch_size", "integer", 4, 256, "log", WHOLE, "lower", 1),
    ("width", "integer", 100, 1000, "log", WHOLE, "lower", 10),
    ("depth", "integer", 2, 8, "linear", WHOLE, "lower", 1),
    ("depth", "integer", 3, 4, "linear", WHOLE, "upper", 5),
    (None, "float", 0.5, 2.0, "linear", (None, None), "lower", 0.05),
    (None, "float", -1.0, 1.0, "linear", (None, None), "lower", -2.0),
    (None, "float", 0.1, 0.3, "linear", (None, None), "upper", 0.4),
]


def axis(
    alias: str | None,
    kind: str,
    lower: float,
    upper: float,
    scale: str,
    limits: tuple[float | None, float | None],
    hard: frozenset[Side] = frozenset(),
    *,
    declared: bool = True,
) -> Hyperparameter:
    return Hyperparameter(
        name=alias or "temperature",
        kind=kind,  # type: ignore[arg-type]
        lower=lower,
        upper=upper,
        scale=scale,  # type: ignore[arg-type]
        alias=alias,
        limits=limits,
        hard=hard,
        declared=declared,
    )


@pytest.mark.parametrize("move", MOVES, ids=lambda move: f"{move[0]}-{move[6]}")
def test_bounds_move_outwards_within_limits(move: tuple) -> None:  # type: ignore[type-arg]
    *described, side, expected = move
    wider = wider_bound(axis(*described), side)
    assert wider.value == pytest.approx(expected, rel=1e-9)
    assert not wider.limit


@pytest.mark.parametrize(
    ("described", "side"),
    [
        (("dropout", "float", 0.0, 0.5, "linear", FRACTION), "lower"),
        (("momentum", "float", 0.0, 1.0, "linear", FRACTION), "upper"),
        (("depth", "integer", 1, 8, "linear", WHOLE), "lower"),
        (("batch_size", "integer", 1, 8, "log", (None, None)), "lower"),
        ((None, "float", 1.0, 5.0, "linear", (None, None), {"upper"}), "upper"),
    ],
)
def test_limits_stay_where_they_are(described: tuple, side: Side) -> None:  # type: ignore[type-arg]
    each = axis(*described)
    wider = wider_bound(each, side)
    assert wider.limit
    assert wider.value == each.bounds[side == "upper"]


@pytest.mark.parametrize("declared", [True, False])
def test_values_drawn_up_to_a_limit_lie_at_it(declared: bool) -> None:
    each = axis("dropout", "float", 0.004, 0.5, "linear", FRACTION, declared=declared)
    assert wider_bound(each, "lower").limit is not declared
    assert wider_bound(each, "lower").value == (0.0 if declared else 0.004)


@pytest.mark.parametrize(
    ("lower", "upper", "side", "perhaps"),
    [
        (0.0, 5.0, "lower", True),
        (0.0, 1.0, "upper", True),
        (-1.0, 1.0, "upper", False),
        (0.0, 0.9, "upper", False),
        (0.1, 5.0, "lower", False),
    ],
)
def test_zero_and_one_look_like_limits(
    lower: float, upper: float, side: Side, perhaps: bool
) -> None:
    each = axis(None, "float", lower, upper, "linear", (None, None))
    assert wider_bound(each, side).perhaps is perhaps


@pytest.mark.parametrize(
    ("optimum", "side", "bound"), [(1.2, "upper", 1.0), (-0.2, "lower", 1e-6)]
)
def test_the_finding_proposes_that_bound(
    optimum: float, side: Side, bound: float
) -> None:
    study = searches.search(trials=50, optimum=optimum, weights=(1.0,))
    rule = find_rule("optimum-at-boundary")
    conclusions = evaluate_study(study, [rule], RuleSettings())
    (finding,) = conclusions.findings[rule.id]
    (edit,) = finding.edits
    assert (edit.kind, edit.target) == ("widen", "learning_rate")
    assert edit.arguments == {"side": side, "to": pytest.approx(bound)}
