"""What a finding is known by: nothing that renaming or adding trials changes."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from advisor.engine.fingerprints import with_fingerprints
from advisor.interpret.configuration import Configuration
from advisor.model.finding import Finding, Severity, Subject, SubjectKind
from advisor.model.search_space import Hyperparameter, SearchSpace
from advisor.model.study import Goal, Objective, Study
from advisor.model.trial import Trial
from advisor.pipeline import check

SWEEP = Path(__file__).resolve().parents[2] / "fixtures" / "trainer-sweep"


def study(name: str, *trials: Trial, metric: str = "val_loss") -> Study:
    space = SearchSpace((Hyperparameter("lr", "float", 0.1, 1.0, "log"),))
    return Study(name, trials, Objective(metric, Goal.MINIMIZE), space)


def finding(of: Study, kind: SubjectKind, name: str, rule: str = "r") -> Finding:
    return Finding(rule, Subject(of.name, kind, name), Severity.ERROR, "", (), ())


def trial(name: str, lr: float, seed: int | None = None) -> Trial:
    return Trial(name, {"lr": lr, "log_dir": name}, error=1.0, seed=seed)


def prints(studies: list[Study], *findings: Finding) -> list[str]:
    return [each.fingerprint for each in with_fingerprints(findings, studies)]


def test_folders_may_be_renamed_and_trials_added() -> None:
    before = study("old", trial("a/1", 0.1), trial("a/2", 0.2))
    after = study("new", trial("b/9", 0.3), trial("b/8", 0.2), trial("b/7", 0.1))
    subjects = [("trial", "a/1", "b/7"), ("hyperparameter", "lr", "lr")]
    for kind, old, new in subjects:
        assert prints([before], finding(before, kind, old)) == prints(  # type: ignore[arg-type]
            [after],
            finding(after, kind, new),  # type: ignore[arg-type]
        )
    assert prints([before], finding(before, "study", "old")) == prints(
        [after], finding(after, "study", "new")
    )


def test_rule_subject_configuration_and_metric_tell_findings_apart() -> None:
    one = study("s", trial("1", 0.1), trial("2", 0.2))
    other = study("t", trial("1", 0.1), metric="accuracy")
    found = prints(
        [one, other],
        finding(one, "trial", "1"),
        finding(one, "trial", "2"),
        finding(one, "trial", "1", rule="q"),
        finding(one, "hyperparameter", "lr"),
        finding(one, "study", "s"),
        finding(other, "trial", "1"),
    )
    assert len(set(found)) == len(found) == 6


def test_repeats_without_a_seed_are_told_apart_by_their_folders() -> None:
    repeats = study("s", trial("x/a", 0.1), trial("x/b", 0.1))
    moved = study("s", trial("y/a", 0.1), trial("y/b", 0.1))
    one, two = (
        prints(
            [each],
            finding(each, "trial", f"{place}/a"),
            finding(each, "trial", f"{place}/b"),
        )
        for each, place in ((repeats, "x"), (moved, "y"))
    )
    assert one == two
    assert len(set(one)) == 2


def test_repeats_with_seeds_are_told_apart_by_them() -> None:
    repeats = study("s", trial("1", 0.1, seed=1), trial("2", 0.1, seed=2))
    (first, second) = prints(
        [repeats], finding(repeats, "trial", "1"), finding(repeats, "trial", "2")
    )
    (alone,) = prints([repeats], finding(repeats, "trial", "1"))
    assert first == alone != second


def test_studies_that_compare_alike_are_told_apart_by_their_folders() -> None:
    studies = [study("p/a", trial("1", 0.1)), study("p/b", trial("1", 0.1))]
    found = prints(studies, *(finding(each, "study", each.name) for each in studies))
    assert len(set(found)) == 2
    elsewhere = [replace(each, name=each.name.replace("p/", "q/")) for each in studies]
    assert found == prints(
        elsewhere, *(finding(each, "study", each.name) for each in elsewhere)
    )


def test_real_logs_keep_theirs_under_another_name(tmp_path: Path) -> None:
    before = check([SWEEP], Configuration()).evaluation.findings
    moved = shutil.copytree(SWEEP, tmp_path / "other" / "name")
    after = check([moved], Configuration()).evaluation.findings
    assert {each.fingerprint for each in after} == {each.fingerprint for each in before}
    assert {each.id for each in after}.isdisjoint({each.id for each in before})
    assert len({each.fingerprint for each in before}) == len(before)


@pytest.mark.parametrize("kind", ["study", "trial", "hyperparameter"])
def test_a_fingerprint_is_short_and_plain(kind: SubjectKind) -> None:
    made = study("s", trial("s", 0.1))
    (found,) = prints([made], finding(made, kind, "s"))
    assert len(found) == 20
    assert int(found, 16) >= 0
