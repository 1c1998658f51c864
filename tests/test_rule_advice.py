"""What the rules on steps, batches, repeats and tracking advise, with their edits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from synthetic import make_study

from advisor.engine.evaluate import evaluate_study
from advisor.engine.rule_set import RuleSettings, load_rules
from advisor.model.finding import Finding


def finding(rule: str, study: Mapping[str, Any]) -> Finding:
    found = evaluate_study(make_study(study), load_rules(), RuleSettings())
    return found.findings[rule][0]


CASES: list[tuple[str, dict[str, Any], str, list[tuple[str, str, dict[str, Any]]]]] = [
    (
        "throughput-not-scaling",
        {"synthetic": "throughputs", "bend": 128},
        "Train with a batch of 128 until the bottleneck is found",
        [("fix", "batch_size", {"value": 128})],
    ),
    (
        "throughput-not-scaling",
        {"synthetic": "throughputs", "slope": 0.3},
        "Look for a bottleneck outside the accelerator before any larger batch",
        [],
    ),
    (
        "steps-far-too-many",
        {"synthetic": "early_best"},
        "Cut training to about 1,500 steps",
        [("set", "max_train_steps", {"value": 1500})],
    ),
    (
        "steps-too-few",
        {"synthetic": "ends", "shape": "logarithmic", "noise_size": 0.001},
        "Train the best few trials for half as many steps again",
        [("multiply", "max_train_steps", {"factor": 1.5})],
    ),
    (
        "steps-tuned",
        {"synthetic": "lengths", "longer_is_better": False},
        "Train every trial of the study for 1,000 steps",
        [("fix", "max_train_steps", {"value": 1000})],
    ),
    (
        "difference-within-trial-variance",
        {"synthetic": "repeats"},
        "Treat trial-0-4 and trial-1-4 as equally good",
        [],
    ),
    (
        "difference-within-trial-variance",
        {"synthetic": "repeats", "scientific": True},
        "Do not adopt trial-0-4 over trial-1-4 for its result: choose the simpler",
        [
            (
                "repeat",
                "trial-0-4",
                {"trials": ("trial-0-4", "trial-1-4"), "repeats": 17},
            )
        ],
    ),
    (
        "trial-variance-unknown",
        {"synthetic": "repeats", "counts": [1, 1]},
        "Before adopting trial-1-0, train it 4 more times with other seeds",
        [("repeat", "trial-1-0", {"repeats": 5})],
    ),
    (
        "configuration-missing",
        {"synthetic": "configured_trials"},
        "Write the hyperparameters of each trial as config.yaml or config.json",
        [],
    ),
]


@pytest.mark.parametrize(("rule", "study", "do", "edits"), CASES)
def test_first_advice_and_edits(
    rule: str,
    study: dict[str, Any],
    do: str,
    edits: list[tuple[str, str, dict[str, Any]]],
) -> None:
    found = finding(rule, study)
    assert found.actions[0].do.startswith(do)
    assert [
        (each.kind, each.target, dict(each.arguments)) for each in found.edits
    ] == edits
    assert found.confirm


def repeats_advised(**facts: float) -> str:
    found = finding(
        "difference-within-trial-variance",
        {"synthetic": "repeats", "counts": [5, 5], "facts": facts},
    )
    return found.actions[1].do


def test_repeats_follow_from_the_difference_that_is_worth_having() -> None:
    # 17 repeats of each detect one standard deviation (0.0083); 5 of each are there.
    assert "train each of the two 12 more times" in repeats_advised()
    assert "train each of the two 7 more times" in repeats_advised(
        worthwhile_difference=0.01
    )
    assert "train each of the two 42 more times" in repeats_advised(
        worthwhile_difference=0.005
    )


@pytest.mark.parametrize("facts", [{}, {"compute_bound": True}])
def test_two_rounds_are_planned_where_compute_may_limit(facts: dict[str, Any]) -> None:
    study = {"synthetic": "ends", "shape": "logarithmic", "noise_size": 0.001}
    found = finding("round-plan", study | ({"facts": facts} if facts else {}))
    assert found.actions[0].do.startswith("Plan two rounds")
    assert "tune the schedule anew" in found.actions[-1].do


def test_two_rounds_are_not_planned_where_compute_does_not_limit() -> None:
    study = make_study(
        {
            "synthetic": "ends",
            "shape": "logarithmic",
            "noise_size": 0.001,
            "facts": {"compute_bound": False},
        }
    )
    found = evaluate_study(study, load_rules(), RuleSettings()).findings
    assert "steps-too-few" in found
    assert "round-plan" not in found


def test_repeats_wait_for_the_end_of_the_search() -> None:
    found = finding(
        "trial-variance-unknown",
        {
            "synthetic": "search",
            "optimum": 1.3,
            "noise_size": 0.02,
            "trials": 60,
        },
    )
    assert found.edits == ()
    assert "The search is not finished" in found.caveats[0]
