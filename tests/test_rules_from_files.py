"""The rules on steps, batches and repeats, from files on disk to findings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from advisor.interpret.configuration import Configuration
from advisor.model.finding import Evaluation, Outcome
from advisor.pipeline import check


def write_trial(
    folder: Path,
    settings: dict[str, float],
    rate: float,
    level: float,
    steps: int = 1000,
) -> None:
    """A log of 40 rows: losses that saturate at `level`, and examples per second."""
    rng = np.random.default_rng(int(1e4 * level) + int(settings["seed"]))
    folder.mkdir(parents=True)
    folder.joinpath("config.yaml").write_text(
        "".join(f"{key}: {value}\n" for key, value in settings.items())
    )
    at = np.linspace(steps / 40, steps, 40).astype(int)
    loss = level + np.exp(-at / 80) + 0.002 * rng.standard_normal(40)
    speed = rate * np.exp(0.01 * rng.standard_normal(40))
    rows = zip(at, loss - 0.05, loss, speed, strict=True)
    folder.joinpath("metrics.csv").write_text(
        "step,train/loss,val/loss,train/examples_per_second\n"
        + "".join(f"{s},{a:.6f},{b:.6f},{c:.2f}\n" for s, a, b, c in rows)
    )


def outcome(evaluation: Evaluation, rule: str) -> Outcome:
    (verdict,) = (each for each in evaluation.verdicts if each.rule == rule)
    return verdict.outcome


@pytest.fixture
def sweep(tmp_path: Path) -> Evaluation:
    """Three batch sizes, three seeds each; the largest batch is no faster."""
    for i, (size, rate) in enumerate(((32, 1000), (64, 1950), (128, 2000))):
        for seed in range(3):
            settings = {
                "batch_size": size,
                "max_train_steps": 2000 if size == 128 else 1000,
                "seed": seed,
            }
            write_trial(
                tmp_path / f"bs{size}-{seed}",
                settings,
                rate,
                0.3 + 0.001 * i,
                steps=settings["max_train_steps"],
            )
    return check([tmp_path], Configuration()).evaluation


def test_one_study_of_three_configurations_is_read(sweep: Evaluation) -> None:
    (study,) = sweep.studies
    assert len(study.trials) == 9
    assert {trial.seed for trial in study.trials} == {0, 1, 2}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("throughput-not-scaling", Outcome.FIRES),
        ("steps-tuned", Outcome.FIRES),
        ("trial-variance-unknown", Outcome.CLEAR),
        ("configuration-missing", Outcome.CLEAR),
        ("validation-missing", Outcome.CLEAR),
        ("steps-far-too-many", Outcome.CLEAR),
        ("steps-too-few", Outcome.CLEAR),
    ],
)
def test_verdicts(sweep: Evaluation, rule: str, expected: Outcome) -> None:
    assert outcome(sweep, rule) is expected


def test_the_bend_is_at_the_second_batch_size(sweep: Evaluation) -> None:
    (finding,) = (f for f in sweep.findings if f.rule == "throughput-not-scaling")
    assert finding.edits[0].arguments == {"value": 64}


def test_seeds_are_repeats(sweep: Evaluation) -> None:
    verdict = next(
        each for each in sweep.verdicts if each.rule == "trial-variance-unknown"
    )
    values = {each.name: each.value for each in verdict.evidence}
    assert values["coverage.configurations"] == 3
    assert values["coverage.repeated"] == 3
    assert values["coverage.copies"] == 0


def test_a_copied_folder_is_no_repeat(tmp_path: Path) -> None:
    for name in ("a", "copy-of-a"):
        write_trial(tmp_path / name, {"lr": 0.1, "seed": 0}, 100, 0.3)
    write_trial(tmp_path / "b", {"lr": 0.2, "seed": 0}, 100, 0.4)
    evaluation = check([tmp_path], Configuration()).evaluation
    assert outcome(evaluation, "trial-variance-unknown") is Outcome.FIRES
    assert (
        outcome(evaluation, "difference-within-trial-variance") is Outcome.NOT_EVALUATED
    )


def test_logs_without_configuration(tmp_path: Path) -> None:
    for i in range(2):
        folder = tmp_path / f"trial{i}"
        write_trial(folder, {"lr": 0.1, "seed": 0}, 100, 0.3 + i)
        (folder / "config.yaml").unlink()
    evaluation = check([tmp_path], Configuration()).evaluation
    assert outcome(evaluation, "configuration-missing") is Outcome.FIRES
