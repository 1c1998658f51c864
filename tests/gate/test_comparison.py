"""What a comparison asks, decides and says; the numbers are redone by scipy."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from markdown_it import MarkdownIt
from synthetic_searches import search

from advisor.cli import main
from advisor.engine.rule_set import RuleSettings, load_rules
from advisor.gate.comparison import compare as compare_sides
from advisor.gate.comparison_brief import MOST
from advisor.gate.comparison_side import side_of
from advisor.model.log import Logs

ROOT = Path(__file__).resolve().parents[2]
WIDTH = 80


def write(
    folder: Path,
    results: Sequence[float],
    *,
    seeds: Sequence[int] | None = None,
    settings: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
    metric: str = "val_accuracy",
    noise: float = 1e-4,
    columns: int = 1,
) -> Path:
    """A trial a result, as Keras' CSVLogger leaves it; the last epoch is the best."""
    rng = np.random.default_rng(len(results))
    for i, result in enumerate(results):
        place = folder / f"t{i}"
        place.mkdir(parents=True)
        values = result - 0.3 * np.exp(-np.arange(40) / 5)
        values = values - noise * rng.random(40)
        values[-1] = result
        rows = [
            ",".join([str(step), f"{1 - v:.6g}", *[f"{v:.6g}"] * columns])
            for step, v in enumerate(values)
        ]
        header = f"epoch,loss,{metric}"
        (place / "training.csv").write_text("\n".join([header, *rows]) + "\n")
        own = settings[i] if isinstance(settings, list) else (settings or {"lr": 0.1})
        seed = seeds[i] if seeds is not None else i
        (place / "config.json").write_text(json.dumps({**own, "seed": seed}))
    return folder


def compare(candidate: Path, incumbent: Path, *options: str) -> Result:
    arguments = ["compare", str(candidate), "--against", str(incumbent), *options]
    return CliRunner().invoke(main, arguments)


def as_json(candidate: Path, incumbent: Path, *options: str) -> dict[str, Any]:
    result = compare(candidate, incumbent, "--format", "json", *options)
    data = json.loads(result.output)
    assert isinstance(data, dict)
    return data


def decisions(data: Mapping[str, Any]) -> dict[str, str]:
    return {each["rule"]: each["decision"] for each in data["answers"] if each["rule"]}


GOOD = (0.912, 0.915, 0.909, 0.914, 0.911)
PLAIN = (0.890, 0.894, 0.888, 0.893, 0.891)


def test_a_clear_gain_is_adopted_and_its_sum_can_be_redone(tmp_path: Path) -> None:
    from scipy import stats

    new = write(tmp_path / "new", GOOD, settings={"lr": 0.2})
    old = write(tmp_path / "old", PLAIN)
    result = compare(new, old)
    assert result.exit_code == 0
    assert result.output.startswith("adopt: the candidate leads by 0.021,")
    assert max(map(len, result.output.splitlines())) <= WIDTH
    data = as_json(new, old)
    (answer,) = (
        each
        for each in data["answers"]
        if each["rule"] == "difference-within-trial-variance"
    )
    expected = stats.ttest_ind(GOOD, PLAIN, equal_var=False)
    interval = expected.confidence_interval(0.95)
    assert answer["evidence"]["lead.p_value"] == pytest.approx(
        expected.pvalue, rel=1e-3
    )
    assert answer["evidence"]["lead.lower"] == pytest.approx(interval.low, rel=1e-3)
    assert answer["evidence"]["lead.upper"] == pytest.approx(interval.high, rel=1e-3)
    results = [[t["result"] for t in side["trials"]] for side in data["sides"]]
    assert results == [pytest.approx(GOOD), pytest.approx(PLAIN)]


def test_without_repeats_each_side_is_to_be_trained_again(tmp_path: Path) -> None:
    new = write(tmp_path / "new", GOOD[:1], settings={"lr": 0.2})
    old = write(tmp_path / "old", PLAIN[:1])
    result = compare(new, old)
    assert result.exit_code == 1
    assert result.output.startswith("run 4 more repeats of the candidate and 4 more")
    assert compare(new, old, "--exit-zero").exit_code == 0


def test_one_trial_against_repeats_needs_one_more(tmp_path: Path) -> None:
    new = write(tmp_path / "new", GOOD[:1], settings={"lr": 0.2})
    old = write(tmp_path / "old", PLAIN)
    data = as_json(new, old)
    assert data["verdict"] == "run more repeats"
    assert data["more_repeats"] == {"candidate": 1, "incumbent": 0}


def test_repeats_follow_from_the_power(tmp_path: Path) -> None:
    """A lead of 1.5 standard deviations takes 8 of each for 80%."""
    new = write(tmp_path / "new", (0.9165, 0.9015, 0.9090), settings={"lr": 0.2})
    old = write(tmp_path / "old", (0.9050, 0.8900, 0.8975))
    data = as_json(new, old)
    assert data["more_repeats"] == {"candidate": 5, "incumbent": 5}
    assert "detect a lead of 0.0115 in 80% of cases" in data["next"][-1]


def test_a_worse_candidate_is_not_adopted(tmp_path: Path) -> None:
    data = as_json(
        write(tmp_path / "new", PLAIN, settings={"lr": 0.2}),
        write(tmp_path / "old", GOOD),
    )
    assert data["verdict"] == "do not adopt"
    assert "its mean is 0.021 worse than the incumbent's" in data["headline"]


@pytest.mark.parametrize(
    ("min_gain", "verdict"), [("0.01", "adopt"), ("0.05", "do not adopt")]
)
def test_the_worth_of_the_change_decides(
    tmp_path: Path, min_gain: str, verdict: str
) -> None:
    new = write(tmp_path / "new", GOOD, settings={"lr": 0.2})
    old = write(tmp_path / "old", PLAIN)
    data = as_json(new, old, "--min-gain", min_gain)
    assert data["verdict"] == verdict


def test_a_worthwhile_gain_that_is_not_excluded_takes_repeats(tmp_path: Path) -> None:
    new = write(tmp_path / "new", (0.898, 0.891, 0.8956), settings={"lr": 0.2})
    old = write(tmp_path / "old", (0.890, 0.894, 0.897))
    assert as_json(new, old)["verdict"] == "do not adopt"
    data = as_json(new, old, "--min-gain", "0.005")
    assert data["verdict"] == "run more repeats"


def test_repeats_that_are_there_already_are_not_asked_for(tmp_path: Path) -> None:
    """Five of each could have seen the worth, but did not see this lead."""
    new = write(
        tmp_path / "new", (0.896, 0.886, 0.902, 0.89, 0.898), settings={"lr": 0.2}
    )
    old = write(tmp_path / "old", (0.886, 0.891, 0.884, 0.889, 0.8875))
    assert as_json(new, old)["more_repeats"] == {"candidate": 4, "incumbent": 4}
    data = as_json(new, old, "--min-gain", "0.012")
    assert data["more_repeats"] == {"candidate": 4, "incumbent": 4}
    assert (
        "5 and 5 trials cannot tell that from chance; 9 of each would"
        in (data["headline"])
    )
    assert "detect a lead of 0.0069 in 80% of cases" in data["next"][-1]


def test_a_candidate_that_is_behind_is_asked_nothing_more(tmp_path: Path) -> None:
    new = write(tmp_path / "new", PLAIN, settings={"lr": 0.2})
    data = as_json(new, write(tmp_path / "old", GOOD), "--min-gain", "0.01")
    found = decisions(data)
    assert {found.pop(each) for each in ("selected-on-test", "seeds-not-varied")} == {
        "pass"
    }
    assert set(found.values()) == {"note"}
    said = {each["rule"]: each["said"] for each in data["answers"]}
    assert "more than retraining varies" in said["difference-within-trial-variance"]
    assert said["unequal-tuning"] == "Not asked, since the candidate does not lead."


def test_a_best_result_that_was_not_repeated_stands_in_the_way(tmp_path: Path) -> None:
    """The candidate leads by its repeats, the incumbent by one trial of many."""
    rates = [{"lr": 0.1}] * 3 + [{"lr": 0.05}, {"lr": 0.2}]
    old = write(
        tmp_path / "old",
        [0.890, 0.891, 0.892, 0.930, 0.88],
        settings=rates,
        seeds=[0, 1, 2, 0, 0],
    )
    new = write(
        tmp_path / "new",
        [0.910, 0.911, 0.912, 0.9125, 0.88, 0.87],
        settings=[{"lr": 0.15}] * 4 + [{"lr": 0.06}, {"lr": 0.21}],
        seeds=[0, 1, 2, 3, 0, 0],
    )
    data = as_json(new, old)
    assert decisions(data)["difference-within-study-variance"] == "refuse"
    assert decisions(data)["unequal-tuning"] == "note"
    assert "the best result of all is that of incumbent/t3" in data["headline"]
    assert data["next"][0].startswith("Train the configuration of incumbent/t3 again")


def test_where_nothing_differs_it_is_said(tmp_path: Path) -> None:
    new, old = write(tmp_path / "new", GOOD), write(tmp_path / "old", PLAIN)
    for form in ("text", "markdown"):
        told = " ".join(compare(new, old, "--format", form).output.split())
        assert "no hyperparameter that the logs tell; what changed is elsewhere" in told


def test_what_is_judged_stands_in_the_rules() -> None:
    """No module of the gate knows one by its name."""
    ids = [rule.id for rule in load_rules()]
    for path in sorted((ROOT / "advisor" / "gate").glob("*.py")):
        text = path.read_text("utf-8")
        assert [each for each in ids if each in text] == [], path.name


def test_a_trial_that_never_started_is_looked_into(tmp_path: Path) -> None:
    """It may be the machine's fault, which only a person can tell."""
    for side, rate, errors in (
        ("new", 0.2, "0.40 0.41 0.405 - 0.402"),
        ("old", 0.1, "0.50 0.51 0.505 0.503 0.502"),
    ):
        rows = [
            f"t{i},{rate},{i},{error},finished"
            if error != "-"
            else f"t{i},{rate},{i},,failed"
            for i, error in enumerate(errors.split())
        ]
        (tmp_path / side).mkdir()
        (tmp_path / side / "trials.csv").write_text(
            "\n".join(["trial,lr,seed,val_loss,state", *rows]) + "\n"
        )
    data = as_json(tmp_path / "new", tmp_path / "old")
    assert data["verdict"] == "do not adopt"
    assert "1 of 5 trials of its configuration is infeasible" in data["headline"]
    assert data["next"][0].startswith("Look into what trials.csv/t3 printed.")


def test_shared_seeds_and_copies_do_not_count(tmp_path: Path) -> None:
    new = write(
        tmp_path / "new", (*GOOD, GOOD[0]), seeds=(0, 0, 1, 2, 3, 0), settings={"lr": 2}
    )
    data = as_json(new, write(tmp_path / "old", PLAIN))
    assert decisions(data)["seeds-not-varied"] == "note"
    candidate = data["sides"][0]
    assert [each["seed"] for each in candidate["trials"]] == [0, 1, 2, 3]
    assert len(candidate["left_out"]) == 2


def test_one_seed_for_all_is_no_repeat(tmp_path: Path) -> None:
    new = write(tmp_path / "new", GOOD, seeds=[7] * 5, settings={"lr": 0.2})
    data = as_json(new, write(tmp_path / "old", PLAIN))
    assert data["verdict"] == "run more repeats"
    assert data["more_repeats"]["candidate"] >= 1


def test_a_test_metric_is_refused(tmp_path: Path) -> None:
    new = write(tmp_path / "new", GOOD, metric="test_accuracy", settings={"lr": 0.2})
    old = write(tmp_path / "old", PLAIN, metric="test_accuracy")
    data = as_json(new, old)
    assert data["verdict"] == "do not adopt"
    assert decisions(data)["selected-on-test"] == "refuse"


def test_a_lucky_step_is_refused(tmp_path: Path) -> None:
    new = write(
        tmp_path / "new", [each - 0.019 for each in GOOD], settings={"lr": 1}, noise=0.0
    )
    for place in sorted(new.iterdir()):
        path = place / "training.csv"
        *rows, last = path.read_text().splitlines()
        step, loss, value = last.split(",")
        path.write_text("\n".join([*rows, f"{step},{loss},{float(value) + 0.03}"]))
    data = as_json(new, write(tmp_path / "old", PLAIN))
    assert decisions(data)["winner-from-lucky-step"] == "refuse"
    assert data["verdict"] == "do not adopt"


def searched(count: int, top: float, seed: int) -> tuple[list[float], list[Any]]:
    rng = np.random.default_rng(seed)
    rates = np.geomspace(1e-3, 1e-1, count)
    results = top + 0.01 * rng.random(count)
    return [float(x) for x in results], [{"lr": float(rate)} for rate in rates]


def test_many_draws_against_few_are_unequal(tmp_path: Path) -> None:
    results, settings = searched(20, 0.89, 0)
    best = settings[int(np.argmax(results))]
    new = write(
        tmp_path / "new",
        [*results, 0.9001, 0.9002, 0.9003],
        settings=[*settings, best, best, best],
        seeds=[0] * 20 + [1, 2, 3],
    )
    few, ranges = searched(4, 0.89, 1)
    worst = ranges[int(np.argmax(few))]
    old = write(
        tmp_path / "old",
        [*few, max(few) - 0.001, max(few) - 0.0011],
        settings=[*ranges, worst, worst],
        seeds=[0] * 4 + [1, 2],
    )
    data = as_json(new, old)
    assert data["verdict"] == "do not adopt"
    assert decisions(data)["unequal-tuning"] == "refuse"
    assert any(
        "16 more configurations of the incumbent" in each for each in data["next"]
    )
    assert "the result for which its configuration was chosen among 20" in (
        data["sides"][0]["left_out"].values()
    )


def test_a_recipe_that_is_better_throughout_is_adopted(tmp_path: Path) -> None:
    results, settings = searched(10, 0.92, 0)
    best = settings[int(np.argmax(results))]
    new = write(
        tmp_path / "new",
        [*results, 0.9291, 0.9292, 0.9293],
        settings=[*settings, best, best, best],
        seeds=[0] * 10 + [1, 2, 3],
    )
    few, ranges = searched(10, 0.89, 1)
    top = ranges[int(np.argmax(few))]
    old = write(
        tmp_path / "old",
        [*few, 0.8991, 0.8993, 0.8992],
        settings=[*ranges, top, top, top],
        seeds=[0] * 10 + [1, 2, 3],
    )
    data = as_json(new, old)
    assert data["verdict"] == "adopt", data["headline"]
    assert decisions(data)["difference-within-study-variance"] == "pass"


def test_an_incumbent_whose_search_ended_at_a_bound_was_not_tuned_alike() -> None:
    inside, beyond = (
        search(optimum=optimum, trials=40, weights=[1.0], noise_size=0.02)
        for optimum in (0.5, 1.2)
    )
    lower = tuple(
        replace(each, error=None if each.error is None else each.error - 0.5)
        for each in inside.trials
    )
    sides = (
        side_of("candidate", replace(inside, trials=lower), Logs((), ())),
        side_of("incumbent", beyond, Logs((), ())),
    )
    made = compare_sides(*sides, load_rules(), RuleSettings(), {})
    (answer,) = (each for each in made.answers if each.rule == "unequal-tuning")
    assert answer.decision == "refuse"
    assert "its error still improves at the bound of learning_rate" in answer.said
    assert any("Move the bound of learning_rate" in each.do for each in made.actions)


@pytest.mark.parametrize("end", ["incumbent", "both"])
def test_unusable_input_is_exit_2(tmp_path: Path, end: str) -> None:
    new = write(tmp_path / "new", GOOD, metric="val_accuracy")
    old = write(tmp_path / "old", PLAIN, metric="val_f1")
    if end == "both":
        old = write(tmp_path / "other", PLAIN, settings={"lr": 0.1, "dataset": "b"})
        new = write(tmp_path / "newer", GOOD, settings={"lr": 0.1, "dataset": "a"})
    result = compare(new, old)
    assert result.exit_code == 2
    assert "expected one" in result.output
    if end == "incumbent":
        assert "log one metric on validation data for both" in result.output


def test_a_metric_that_both_have_is_proposed(tmp_path: Path) -> None:
    new = write(tmp_path / "new", GOOD, metric="val_accuracy,val_loss", columns=2)
    old = write(tmp_path / "old", PLAIN, metric="val_f1,val_loss", columns=2)
    result = compare(new, old)
    assert result.exit_code == 2
    assert "objective: {metric: val_loss, goal: minimize}" in result.output


def test_trials_without_configuration_are_no_repeats(tmp_path: Path) -> None:
    new = write(tmp_path / "new", GOOD)
    for path in new.rglob("config.json"):
        path.unlink()
    result = compare(new, write(tmp_path / "old", PLAIN))
    assert result.exit_code == 2
    assert "repeats cannot be told from a search" in result.output


def test_several_folders_a_side(tmp_path: Path) -> None:
    new = write(tmp_path / "new", GOOD, settings={"lr": 0.2})
    old = write(tmp_path / "old", PLAIN)
    folders = [str(each) for each in sorted(old.iterdir())]
    arguments = ["compare", "--against", *folders, "--format", "json", str(new)]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    sides = json.loads(result.output)["sides"]
    assert [len(side["trials"]) for side in sides] == [5, 5]


def test_the_candidate_does_not_bring_its_own_thresholds(tmp_path: Path) -> None:
    new = write(tmp_path / "new", PLAIN, settings={"lr": 0.2}, seeds=range(5))
    old = write(tmp_path / "old", PLAIN[:4])
    disable = "rules: {disable: [{id: no-such-rule, reason: none}]}\n"
    (new / "advisor.yaml").write_text(disable)
    assert compare(new, old).exit_code == 1
    (old / "advisor.yaml").write_text(disable)
    assert compare(new, old).exit_code == 2


def test_files_by_format(tmp_path: Path) -> None:
    new = write(tmp_path / "new", GOOD, settings={"lr": 0.2})
    old = write(tmp_path / "old", PLAIN)
    markdown, data = tmp_path / "out" / "a.md", tmp_path / "out" / "a.json"
    outputs = ("--output", str(markdown), "--output", f"json={data}")
    assert compare(new, old, *outputs).exit_code == 0
    assert json.loads(data.read_text())["verdict"] == "adopt"
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown.read_text())
    assert sum(token.type == "table_open" for token in tokens) == 3


FORMS = ("text", "markdown", "json", "comment", "github", "step-summary")


@pytest.mark.parametrize("form", FORMS)
def test_names_from_logs_are_never_obeyed(tmp_path: Path, form: str) -> None:
    evil = {"lr": 0.2, "note]\u001b[31m|x\n::error::": "`<script>`\u202e\n::error::b"}
    new = write(tmp_path / "new", GOOD, settings=evil)
    old = write(tmp_path / "old", PLAIN)
    output = compare(new, old, "--format", form).output
    assert not re.search(r"[\x00-\x09\x0b-\x1f\u202e]", output)
    if form in ("markdown", "comment", "step-summary"):
        tokens = MarkdownIt("commonmark").enable("table").parse(output)
        inside = [each for token in tokens for each in token.children or ()]
        assert not [each.content for each in inside if each.type == "html_inline"]
        assert any("<script>" in each.content for each in inside)
    commands = re.findall(r"^\s*::.*", output, re.MULTILINE)
    assert len(commands) == (form == "github")


def test_an_annotation_says_the_verdict_and_what_next(tmp_path: Path) -> None:
    new = write(tmp_path / "new", GOOD[:1], settings={"lr": 0.2})
    old = write(tmp_path / "old", PLAIN)
    line = compare(new, old, "--format", "github").output
    assert line.startswith("::error title=advisor compare::run 1 more repeat of the ")
    assert "Train the configuration of candidate/t0 1 more time" in line
    line = compare(old, old, "--format", "github", "--exit-zero").output
    assert line.startswith("::error title=advisor compare::do not adopt. ")
    new = write(tmp_path / "newer", GOOD, settings={"lr": 0.2})
    line = compare(new, old, "--format", "github").output
    assert line.startswith("::notice title=advisor compare::adopt: ")


def test_what_is_added_to_it_is_markup_again(tmp_path: Path) -> None:
    new = write(tmp_path / "new", GOOD, settings={"lr": 0.2})
    old = write(tmp_path / "old", PLAIN)
    text = compare(new, old, "--format", "step-summary").output
    tokens = MarkdownIt("commonmark").enable("table").parse(text + text)
    assert [each.tag for each in tokens if each.type == "heading_open"] == ["h3", "h3"]
    assert sum(token.type == "table_open" for token in tokens) == 6


@pytest.mark.parametrize("form", ["comment", "step-summary"])
def test_what_has_no_room_is_left_out_and_it_is_said(tmp_path: Path, form: str) -> None:
    many = {f"{'long-' * 30}{i}": "value " * 30 for i in range(80)}
    new = write(tmp_path / "new", GOOD, settings={"lr": 0.2, **many})
    old = write(tmp_path / "old", PLAIN)
    text = compare(new, old, "--format", form).output
    assert len(text.encode()) <= MOST + 100
    assert "**adopt: the candidate leads by " in text
    assert "| candidate | 1 | 5 | " in text
    assert text.endswith("More is in the report.\n")
    assert "<details>" not in text
    short = compare(write(tmp_path / "a", GOOD, settings={"lr": 1}), old).output
    assert "More is in the report" not in short


def test_a_summary_is_added_to_and_a_comment_is_replaced(tmp_path: Path) -> None:
    new = write(tmp_path / "new", GOOD, settings={"lr": 0.2})
    old = write(tmp_path / "old", PLAIN)
    summary, comment = tmp_path / "summary", tmp_path / "comment"
    options = (f"--output=step-summary={summary}", f"--output=comment={comment}")
    for _ in range(2):
        assert compare(new, old, *options).exit_code == 0
    assert summary.read_text("utf-8").count("### advisor compare\n") == 2
    text = comment.read_text("utf-8")
    assert text.startswith("<!-- advisor -->\n### advisor compare\n")
    assert text.count("### advisor compare\n") == 1


def test_what_the_configuration_switches_off_is_told(tmp_path: Path) -> None:
    new = write(tmp_path / "new", GOOD, settings={"lr": 0.2})
    old = write(tmp_path / "old", PLAIN)
    off = "rules: {disable: [{id: diverged, reason: so they say}]}\n"
    (old / "advisor.yaml").write_text(off)
    for form in FORMS:
        output = compare(new, old, "--format", form).output.replace("\\", "")
        assert "switches off diverged (so they say)" in " ".join(output.split())
        assert "so they say" not in compare(new, old, "--no-search").output


def test_after_two_dashes_everything_is_a_candidate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "--against" / "x", GOOD, settings={"lr": 0.2})
    write(tmp_path / "--exit-zero", PLAIN)
    arguments = ["compare", "--against=--exit-zero", "--", "--against"]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    assert result.output.startswith("adopt: ")
