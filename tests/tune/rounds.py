"""Rounds and outcomes, made for the tests of the loop and of its journal."""

from __future__ import annotations

from typing import Any

from advisor.tune.round import Best, Learned, Outcome, Round, Training


def a_round(number: int, **changes: Any) -> Round:
    """An exploration of two trials."""
    fields: dict[str, Any] = {
        "number": number,
        "phase": "exploration",
        "since": 1,
        "study": "tuning",
        "searched": {},
        "trials": {"001": Training({}, {}), "002": Training({}, {})},
        "reason": "the budget",
    }
    return Round(**(fields | changes))


def outcome(best: float, *findings: Learned) -> Outcome:
    """What a round of two trials left, the better of them with `best`."""
    return Outcome(
        objective="val_loss",
        goal="minimize",
        trained=2,
        infeasible=0,
        compared=2,
        best_of_round=best,
        best=Best(f"round-x/{best}", best, {"lr": 0.1}),
        findings=findings,
    )
