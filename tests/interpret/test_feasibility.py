"""Which trials are infeasible, for which reason; and which are not."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from advisor.model.curve import Curve
from advisor.model.log import TrialLog
from advisor.model.trial import Trial, TrialStatus
from tests.interpret.logs import study_of, trial

NAN = math.nan
FALL = list(np.linspace(1.0, 0.2, 20))
HEALTHY = {"train/loss": FALL, "val/loss": FALL}


def judged(log: TrialLog, *others: TrialLog) -> Trial:
    """The trial `log` in a study beside healthy ones."""
    healthy = others or tuple(trial(f"healthy-{i}", tags=HEALTHY) for i in range(3))
    return study_of([log, *healthy]).trials_by_name[log.location.name]


def odd(curves: dict[str, Any] | None = None, **options: Any) -> TrialLog:
    return trial("odd", {"lr": 1.0}, tags={**HEALTHY, **(curves or {})}, **options)


CAUSES = [
    pytest.param(
        odd({"train/loss": [*FALL[:9], NAN]}),
        "diverged: training loss is NaN from step 1,000 on",
        id="nan_at_the_end",
    ),
    pytest.param(
        odd({"train/loss": [*FALL[:5], math.inf, NAN, NAN]}),
        "diverged: training loss is +inf from step 600 on",
        id="infinite_then_nan",
    ),
    pytest.param(
        odd({"val/loss": [*FALL[:9], NAN]}),
        "diverged: validation loss is NaN from step 1,000 on",
        id="validation_only",
    ),
    pytest.param(
        odd({"train/loss": [*FALL[:8], *np.linspace(1, 9, 12)]}),
        "diverged: training loss ends at 8.273, having started at 0.9579",
        id="ends_far_above_its_start",
    ),
    pytest.param(
        trial("odd", {"lr": 1.0}, tags=[], state="failed"),
        "failed to start: it failed before it logged",
        id="failed_before_it_logged",
    ),
    pytest.param(
        trial("odd", {"lr": 1.0}, tags=[]),
        "failed to start: nothing was logged",
        id="nothing_logged",
    ),
    pytest.param(
        trial("odd", tags={k: v[:5] for k, v in HEALTHY.items()}, state="crashed"),
        "crashed: its log says crashed",
        id="crashed_half_way",
    ),
]


@pytest.mark.parametrize(("log", "reason"), CAUSES)
def test_infeasible(log: TrialLog, reason: str) -> None:
    found = judged(log)
    assert str(found.infeasibility) == reason
    assert found.status is TrialStatus.INFEASIBLE
    assert (found.error, found.final_error) == (None, None)


FEASIBLE = [
    pytest.param(odd(), id="healthy"),
    pytest.param(
        odd({"train/loss": [*FALL[:5], NAN, *FALL[6:]]}), id="one_nan_in_between"
    ),
    pytest.param(
        odd({"train/loss": [*FALL, 5.0, 0.3, 0.2, 0.2]}), id="a_spike_that_recovers"
    ),
    pytest.param(
        odd({"train/loss": [*FALL, *np.linspace(0.2, 0.5, 9)]}), id="a_mild_rise"
    ),
    pytest.param(
        odd({"train/loss": [20.0, 12.0, *FALL, *np.linspace(0.2, 9, 9)]}),
        id="still_below_its_start",
    ),
    pytest.param(odd(state="crashed"), id="crashed_after_the_last_step"),
    pytest.param(odd({"val/auc": [0.7, 0.8, NAN]}), id="a_quality_undefined_once"),
]


@pytest.mark.parametrize("log", FEASIBLE)
def test_feasible(log: TrialLog) -> None:
    assert judged(log).infeasibility is None


@pytest.mark.parametrize("state", ["running", "killed"])
def test_incomplete_is_not_infeasible(state: str) -> None:
    short = {tag: values[:5] for tag, values in HEALTHY.items()}
    found = judged(trial("odd", tags=short, state=state))
    assert found.status is TrialStatus.INCOMPLETE
    assert found.feasible


def test_growing_losses_of_reinforcement_learning_are_not_divergence() -> None:
    rewards = {"eval/mean_reward": [-x for x in FALL], "train/loss": FALL[::-1] * 2}
    logs = [trial(f"t{i}", tags=rewards) for i in range(3)]
    assert not study_of(logs).infeasible


def scores(errors: list[float]) -> list[TrialLog]:
    return [
        trial(f"t{i}", {"lr": 0.1 * i}, tags=[], results={"val_loss": error})
        for i, error in enumerate(errors)
    ]


def test_an_absurd_error_among_many_is_very_bad() -> None:
    errors = [0.2, 0.25, 0.3, 0.31, 0.32, 0.35, 0.4, 0.41, 7e5]
    study = study_of(scores(errors))
    (bad,) = study.infeasible
    assert bad.infeasibility is not None
    assert (bad.name, bad.infeasibility.cause) == ("t8", "very bad loss")


@pytest.mark.parametrize("seed", range(20))
def test_heavy_tailed_errors_are_compared(seed: int) -> None:
    rng = np.random.default_rng(seed)
    errors = np.exp(rng.standard_t(5, 40) * 0.3)
    assert not study_of(scores(errors.tolist())).infeasible


def test_few_trials_are_never_called_very_bad() -> None:
    assert not study_of(scores([0.2, 0.21, 0.22, 1e6])).infeasible


def test_a_result_that_is_no_number_is_divergence() -> None:
    study = study_of(scores([0.2, 0.3, NAN]))
    (bad,) = study.infeasible
    assert str(bad.infeasibility) == "diverged: val_loss is nan"


def table(losses: list[float]) -> list[TrialLog]:
    return [
        trial(
            f"t{i}",
            {"lr": 0.1 * i},
            tags=[],
            results={"val_accuracy": 0.1 + 0.01 * i, "train_loss": loss},
        )
        for i, loss in enumerate(losses)
    ]


def test_a_loss_that_is_no_number_is_divergence_beside_a_quality_that_is() -> None:
    study = study_of(table([0.2, 0.3, NAN, 0.25]))
    (bad,) = study.infeasible
    assert str(bad.infeasibility) == "diverged: train_loss is nan"


def test_a_loss_that_hardly_any_row_of_a_table_has_says_nothing() -> None:
    assert not study_of(table([0.2, NAN, NAN, NAN])).infeasible


def test_the_place_of_divergence_is_told_in_what_the_curve_counts() -> None:
    epochs = Curve(np.arange(4), np.array([1.0, 0.5, NAN, NAN]), axis="epoch")
    log = replace(odd(), curves={"train/loss": epochs, "val/loss": epochs})
    assert str(judged(log).infeasibility) == (
        "diverged: training loss is NaN from epoch 2 on"
    )
