"""Findings with edits, made for the tests of the next round."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from advisor.model.finding import Edit, Finding, Severity, Subject, SubjectKind
from advisor.model.search_space import Hyperparameter, SearchSpace
from advisor.next_round.edits import Asked, asked_of


def finding(
    rule: str,
    *edits: tuple[str, str, dict[str, Any]],
    severity: Severity = Severity.WARNING,
    kind: SubjectKind = "study",
    subject: str = "search",
    **changes: Any,
) -> Finding:
    """A finding of `rule` with edits (kind, target, arguments)."""
    return Finding(
        rule=rule,
        subject=Subject("search", kind, subject),
        severity=severity,
        message=f"{rule} fires.",
        evidence=(),
        actions=(),
        edits=tuple(Edit(*each) for each in edits),
        **changes,
    )


def asked(*findings: Finding) -> tuple[Asked, ...]:
    """Their edits, all of which must be readable."""
    found, without = asked_of(findings, {})
    assert not without
    return found


def learning_rate(**changes: Any) -> Hyperparameter:
    options: dict[str, Any] = {
        "lower": 1e-4,
        "upper": 1e-1,
        "scale": "log",
        "declared": True,
        "alias": "learning_rate",
        "limits": (0.0, None),
    }
    return Hyperparameter("lr", "float", **(options | changes))


def momentum(**changes: Any) -> Hyperparameter:
    options: dict[str, Any] = {
        "lower": 0.8,
        "upper": 0.99,
        "alias": "momentum",
        "limits": (0.0, 1.0),
    }
    return Hyperparameter("momentum", "float", **(options | changes))


def batch_size(**changes: Any) -> Hyperparameter:
    options: dict[str, Any] = {
        "lower": 32,
        "upper": 128,
        "scale": "log",
        "choices": (32, 64, 128),
        "alias": "batch_size",
        "limits": (1.0, None),
    }
    return Hyperparameter("batch_size", "integer", **(options | changes))


def optimizer(choices: Sequence[str] = ("adam", "sgd")) -> Hyperparameter:
    return Hyperparameter(
        "optimizer",
        "categorical",
        choices=tuple(choices),
        role="scientific" if len(choices) > 1 else "fixed",
        alias="optimizer",
    )


def constant(name: str, value: float, **changes: Any) -> Hyperparameter:
    options: dict[str, Any] = {"alias": name, "role": "fixed"}
    return Hyperparameter(name, "float", value, value, **(options | changes))


SPACE = SearchSpace(
    (
        learning_rate(),
        momentum(),
        batch_size(),
        optimizer(),
        constant("dropout", 0.1, limits=(0.0, 1.0)),
    )
)
BEST = {
    "lr": 0.01,
    "momentum": 0.9,
    "batch_size": 64,
    "optimizer": "adam",
    "dropout": 0.1,
}
