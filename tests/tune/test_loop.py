"""When the loop goes on, with what, and when it ends."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from advisor.confirm.executors import HERE
from advisor.confirm.pipelines.command import CommandPipeline
from advisor.interpret.configuration import Configuration
from advisor.model.next_round import NextRound
from advisor.next_round import yaml_file
from advisor.tune.loop import Limits, Tuning
from advisor.tune.planning import Planned
from advisor.tune.reading import Reader
from advisor.tune.trainable import CommandTrials
from tests.next_round.exporters.rounds import rich
from tests.tune.project import make_project, tune
from tests.tune.rounds import a_round, outcome


def unchanged() -> NextRound:
    made = rich()
    return NextRound(
        study=made.study,
        round=4,
        phase="exploitation",
        objective=made.objective,
        hyperparameters=(),
        trials=1,
        trials_reason="",
        sequence=made.sequence,
    )


@pytest.mark.parametrize(
    ("phases", "bests", "changed", "settled"),
    [
        (("exploration", "exploitation"), (0.5, 0.5), False, True),
        (("exploration", "exploitation"), (0.5, 0.4), False, False),
        (("exploration", "exploration"), (0.5, 0.5), False, False),
        (("exploration", "exploitation"), (0.5, 0.5), True, False),
        (("exploitation",), (0.5,), False, False),
    ],
)
def test_it_ends_where_exploiting_found_nothing_and_nothing_changes(
    tmp_path: Path,
    phases: tuple[str, ...],
    bests: tuple[float, ...],
    changed: bool,
    settled: bool,
) -> None:
    reader = Reader.of((), tmp_path, Configuration(), None)
    trials = CommandTrials(CommandPipeline(("train",), tmp_path, 1.0))
    tuning = Tuning(reader, trials, Limits(9, 90, 1.0), HERE)
    tuning.rounds = [a_round(i, phase=phase) for i, phase in enumerate(phases, start=1)]
    tuning.outcomes = [outcome(each) for each in bests]
    made = rich() if changed else unchanged()
    assert tuning.is_settled(Planned(made, a_round(4, phase="exploitation"))) is settled


def test_rounds_go_on_in_one_sequence_and_the_last_is_learned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_project(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert tune("--rounds", 3, "--trials", 36).exit_code == 0
    plans = [
        yaml.safe_load(Path(f"advisor-tune/round-{i}/plan.yaml").read_text())
        for i in (1, 2, 3)
    ]
    used = [each["sequence"]["used"] for each in plans]
    assert [each["sequence"]["first"] for each in plans] == [0, used[0], used[1]]
    shares = [
        (each["trials"]["learned"] or {"points": 0})["points"] / each["trials"]["new"]
        for each in plans
    ]
    assert shares == [0, 0.5, 1]
    assert [each["phase"] for each in plans][1:] == ["exploration", "exploitation"]


def test_regions_that_a_round_left_out_are_told_to_the_next(tmp_path: Path) -> None:
    reader = Reader.of((), tmp_path, Configuration(), None)
    trials = CommandTrials(CommandPipeline(("train",), tmp_path, 1.0))
    tuning = Tuning(reader, trials, Limits(9, 90, 1.0, seed=5), HERE)
    assert tuning.wishes(2, 10, last=False).constraints == ()
    assert tuning.wishes(2, 10, last=False).seed == 5
    (tmp_path / "round-1").mkdir()
    (tmp_path / "round-1" / "plan.yaml").write_text(yaml_file.render(rich()))
    made = tuning.wishes(2, 10, last=True)
    assert [str(each) for each in made.constraints] == [
        str(each) for each in rich().constraints
    ]
    assert made.constraints
    assert (made.round, made.trials, made.last) == (2, 10, True)
