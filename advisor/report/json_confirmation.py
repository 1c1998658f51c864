"""What experiments showed, as plain data for the JSON report."""

from __future__ import annotations

from typing import Any

from advisor.model.confirmation import Arm, Confirmation, Effect, Repeat


def confirmation_data(each: Confirmation) -> dict[str, Any]:
    """A confirmation in the shape of `schema.json`; curves stay in the logs."""
    return {
        "finding": each.finding,
        "level": each.level.value,
        "verdict": each.verdict.value,
        "sentence": each.sentence,
        "workload": each.workload,
        "measure": each.measure,
        "prediction": each.prediction,
        "objective": each.objective,
        "arms": [_arm(arm, each.sign) for arm in (each.again, *each.arms)],
    }


def _arm(arm: Arm, sign: int) -> dict[str, Any]:
    return {
        "name": arm.name,
        "change": arm.change,
        "skipped": arm.skipped,
        "fires": arm.fires,
        "clear": arm.clear,
        "as_predicted": arm.as_predicted,
        "effect": _effect(arm.effect),
        "repeats": [_repeat(each, sign) for each in arm.repeats],
    }


def _effect(effect: Effect | None) -> dict[str, Any] | None:
    if effect is None:
        return None
    return {
        "pairs": effect.pairs,
        "mean": effect.mean,
        "lower": effect.lower,
        "upper": effect.upper,
        "p_value": effect.p_value,
    }


def _repeat(repeat: Repeat, sign: int) -> dict[str, Any]:
    return {
        "seed": repeat.seed,
        "fires": repeat.fires,
        "measure": repeat.measure,
        "objective": None if repeat.error is None else sign * repeat.error,
    }
