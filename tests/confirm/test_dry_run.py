"""What would be trained, as text; nothing is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from advisor.confirm.dry_run import render
from advisor.confirm.session import Session, prepare
from tests.confirm.fake_pipeline import HEALTHY, OVERFITTING, FakePipeline
from tests.confirm.studies import checked, finding_of, only


def test_shows_every_arm_and_why_others_are_left_out(tmp_path: Path) -> None:
    study = checked(tmp_path, HEALTHY, OVERFITTING)
    finding = finding_of(study, "problematic-overfitting")
    other = replace(finding, rule="another", confirm={"none": "no way"})
    session = prepare(only(study, finding, other).evaluation, FakePipeline())
    text = render(session)
    assert text == (
        f"1. {finding.id} (same pipeline)\n"
        f"   {finding.message}\n"
        "   12 trials of a fake, about 12 s; up to 12 seeds an arm\n"
        "   again: learning_rate 0.1, dropout 0.0, width 200, epochs 60, "
        "warmup_steps 0, clip_norm 0.0, luck 1.0, seed 100\n"
        "   dropout = 0.5: learning_rate 0.1, dropout 0.5, width 200, epochs 60, "
        "warmup_steps 0, clip_norm 0.0, luck 1.0, seed 100\n"
        "   weight_decay = 0.02: not trained, a fake has no weight_decay\n"
        "   label_smoothing = 0.1: not trained, a fake has no label_smoothing\n"
        "\n"
        "Not tested:\n"
        f"  {other.id}: no way\n"
    )
    assert not (tmp_path / "advisor-confirm").exists()


def test_nothing_to_test() -> None:
    assert render(Session((), {})) == "No finding can be tested.\n"


def test_what_logs_say_cannot_steer_the_terminal(tmp_path: Path) -> None:
    study = checked(tmp_path, HEALTHY, OVERFITTING)
    nasty = replace(
        finding_of(study, "problematic-overfitting"), message="a\x1b[31m\nb"
    )
    session = prepare(only(study, nasty).evaluation, FakePipeline())
    assert "\x1b" not in render(session)
    assert "\nb" not in render(session)
