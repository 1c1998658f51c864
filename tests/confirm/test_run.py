"""From findings to verdicts with a pipeline that is known: what holds is confirmed."""

from __future__ import annotations

import multiprocessing
import os
from dataclasses import replace
from pathlib import Path

import pytest

from advisor.interpret.configuration import Configuration
from advisor.model.confirmation import ConfirmationVerdict, Level
from advisor.model.finding import Severity
from advisor.pipeline import Checked, check
from tests.confirm.fake_pipeline import DIVERGING, HEALTHY, OVERFITTING, FakePipeline
from tests.confirm.studies import (
    checked,
    confirm,
    evaluation,
    finding_of,
    moved,
    only,
    report,
)

RULE = "problematic-overfitting"


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Checked:
    """Two healthy trials, one that overfits and one that breaks."""
    other = {**HEALTHY, "dropout": 0.1}
    folder = tmp_path_factory.mktemp("study")
    return checked(folder, HEALTHY, OVERFITTING, DIVERGING, other)


def trained(pipeline: FakePipeline) -> list[str]:
    assert pipeline.journal is not None
    if not pipeline.journal.exists():
        return []
    return pipeline.journal.read_text("utf-8").splitlines()


def test_true_flags_are_confirmed(study: Checked, tmp_path: Path) -> None:
    confirmations, untested = confirm(study, FakePipeline(), tmp_path)
    assert {each.verdict for each in confirmations.values()} == {
        ConfirmationVerdict.CONFIRMED
    }
    overfitting = confirmations[finding_of(study, RULE).id]
    assert overfitting.sentence.startswith(
        "Confirmed in the same pipeline: it came back with 6 of 6 seeds; "
        "with dropout = 0.5 error.rise changed by -0.6"
    )
    skipped = {arm.name: arm.skipped for arm in overfitting.arms if arm.skipped}
    assert skipped == {
        "weight_decay = 0.02": "a fake has no weight_decay",
        "label_smoothing = 0.1": "a fake has no label_smoothing",
    }
    broken = confirmations[finding_of(study, "diverged").id]
    assert broken.again.fires == 6
    assert [each.error for each in broken.again.repeats] == [None] * 6
    assert all(arm.fires == 0 and arm.as_predicted for arm in broken.arms)
    assert untested.keys() == {
        each.id
        for each in study.evaluation.findings
        if each.rule in ("too-few-trials", "trial-variance-unknown")
    }


@pytest.mark.parametrize("rule", [RULE, "diverged"])
@pytest.mark.parametrize("trial", ["t0", "t3"])
def test_false_flags_are_refuted_and_demoted(
    study: Checked, tmp_path: Path, rule: str, trial: str
) -> None:
    flag = moved(finding_of(study, rule), trial)
    results = confirm(only(study, flag), FakePipeline(), tmp_path)
    (confirmation,) = results[0].values()
    assert confirmation.verdict is ConfirmationVerdict.REFUTED
    (found,) = evaluation(only(study, flag), *results).findings
    assert found.refuted
    assert found.severity is Severity.INFO
    assert found.caveats[0].startswith("Refuted in the same pipeline: it ")
    assert evaluation(only(study, flag), *results).recommendations == ()


def test_an_analogue_refutes_nothing(study: Checked, tmp_path: Path) -> None:
    flag = only(study, moved(finding_of(study, RULE), "t0"))
    (confirmation,) = confirm(flag, FakePipeline(level=Level.ANALOGUE), tmp_path)[
        0
    ].values()
    assert confirmation.verdict is ConfirmationVerdict.INCONCLUSIVE
    assert confirmation.sentence == (
        "Inconclusive in an analogue: it came back with 0 of 6 seeds; "
        "an analogue that does not show it refutes nothing."
    )


def test_an_undecided_finding_gets_more_seeds(tmp_path: Path) -> None:
    shy = checked(tmp_path, HEALTHY, HEALTHY, {**OVERFITTING, "luck": 0.5})
    shy = only(shy, finding_of(shy, RULE))
    pipeline = FakePipeline(journal=tmp_path / "journal")
    (confirmation,) = confirm(shy, pipeline, tmp_path / "work")[0].values()
    assert confirmation.verdict is ConfirmationVerdict.INCONCLUSIVE
    assert 3 <= confirmation.again.fires <= 9
    assert len(confirmation.again.repeats) == 12
    assert len(trained(pipeline)) == 24


def test_the_budget_ends_it(study: Checked, tmp_path: Path) -> None:
    """The first look of one finding takes 12 trials, that of the other 24."""
    pipeline = FakePipeline(
        journal=tmp_path / "journal", separate=False, delay=0.02, guess=0.02
    )
    confirmations, untested = confirm(study, pipeline, tmp_path / "w", budget=0.3)
    assert confirmations.keys() == {finding_of(study, RULE).id}
    assert len(trained(pipeline)) == 12
    assert untested[finding_of(study, "diverged").id].startswith("the budget ended")


def test_a_budget_that_is_too_small_for_anything(
    study: Checked, tmp_path: Path
) -> None:
    pipeline = FakePipeline(journal=tmp_path / "journal", separate=False)
    confirmations, untested = confirm(study, pipeline, tmp_path / "w", budget=3)
    assert confirmations == {}
    assert len([why for why in untested.values() if "larger --budget" in why]) == 2
    assert trained(pipeline) == []


def test_the_budget_ends_between_trials_whose_time_was_unknown(
    study: Checked, tmp_path: Path
) -> None:
    pipeline = FakePipeline(journal=tmp_path / "journal", delay=0.05, guess=1e-3)
    confirmations, _ = confirm(study, pipeline, tmp_path / "w", budget=0.12)
    assert confirmations == {}
    assert 1 <= len(trained(pipeline)) <= 3
    patient = replace(pipeline, delay=0.0)
    confirmations, _ = confirm(study, patient, tmp_path / "w")
    assert len(confirmations) == 2
    assert len(trained(pipeline)) == len(set(trained(pipeline)))


def test_the_budget_can_end_after_a_look(tmp_path: Path) -> None:
    shy = checked(tmp_path, HEALTHY, HEALTHY, {**OVERFITTING, "luck": 0.5})
    shy = only(shy, finding_of(shy, RULE))
    pipeline = FakePipeline(separate=False, delay=0.01, guess=0.01)
    (confirmation,) = confirm(shy, pipeline, tmp_path / "w", budget=0.15)[0].values()
    assert confirmation.verdict is ConfirmationVerdict.INCONCLUSIVE
    assert len(confirmation.again.repeats) == 6


def test_trained_trials_are_not_trained_again(study: Checked, tmp_path: Path) -> None:
    pipeline = FakePipeline(journal=tmp_path / "journal")
    first = report(study, *confirm(study, pipeline, tmp_path / "w"))
    names = trained(pipeline)
    assert len(names) == len(set(names)) == 36  # 6 + 6, and 6 + 3 * 6 with the other
    assert report(study, *confirm(study, pipeline, tmp_path / "w")) == first
    assert trained(pipeline) == names


@pytest.mark.parametrize("separate", [True, False])
def test_interrupted_anywhere_the_report_is_the_same(
    study: Checked, tmp_path: Path, separate: bool
) -> None:
    flag = only(study, finding_of(study, RULE))
    pipeline = FakePipeline(separate=separate)
    whole = report(flag, *confirm(flag, pipeline, tmp_path / "whole"))
    assert pipeline.begun == 12
    for at in range(12):
        workdir = tmp_path / f"w{at}"
        with pytest.raises(KeyboardInterrupt):
            confirm(flag, replace(pipeline, begun=0, interrupt_at=at), workdir)
        again = replace(pipeline, begun=0, journal=tmp_path / f"j{at}")
        assert report(flag, *confirm(flag, again, workdir)) == whole
        # One by one, nothing that was finished is lost.
        assert len(trained(again)) == (12 - at if separate else 12)
        assert not [p for p in (workdir / "trials").iterdir() if p.name[0] == "."]


def test_interrupted_again_and_again(study: Checked, tmp_path: Path) -> None:
    whole = report(study, *confirm(study, FakePipeline(), tmp_path / "whole"))
    for _ in range(35):
        with pytest.raises(KeyboardInterrupt):
            confirm(study, FakePipeline(interrupt_at=1), tmp_path / "w")
    last = FakePipeline(interrupt_at=1)
    assert report(study, *confirm(study, last, tmp_path / "w")) == whole


def confirm_and_die(logs: Path, pipeline: FakePipeline, workdir: Path) -> None:
    """Ends the process without any chance to tidy up."""
    try:
        confirm(check([logs], Configuration()), pipeline, workdir)
    except KeyboardInterrupt:
        os._exit(9)


@pytest.mark.parametrize("at", [0, 7, 20])
def test_a_killed_process_costs_the_trial_in_hand(
    study: Checked, tmp_path: Path, at: int
) -> None:
    whole = report(study, *confirm(study, FakePipeline(), tmp_path / "whole"))
    dying = FakePipeline(interrupt_at=at)
    _together((study.evaluation.logs.roots[0], dying, tmp_path / "w"), codes=[9])
    pipeline = FakePipeline(journal=tmp_path / "journal")
    assert report(study, *confirm(study, pipeline, tmp_path / "w")) == whole
    assert len(trained(pipeline)) == 36 - at


def test_two_processes_in_one_folder_do_no_harm(study: Checked, tmp_path: Path) -> None:
    whole = report(study, *confirm(study, FakePipeline(), tmp_path / "whole"))
    slow = FakePipeline(delay=0.005)
    arguments = (study.evaluation.logs.roots[0], slow, tmp_path / "w")
    _together(arguments, arguments, codes=[0, 0])
    after = FakePipeline(journal=tmp_path / "journal")
    assert report(study, *confirm(study, after, tmp_path / "w")) == whole
    assert trained(after) == []


def _together(*calls: tuple[Path, FakePipeline, Path], codes: list[int]) -> None:
    context = multiprocessing.get_context("spawn")
    started = [context.Process(target=confirm_and_die, args=each) for each in calls]
    for process in started:
        process.start()
    for process in started:
        process.join(60)
    assert [process.exitcode for process in started] == codes
