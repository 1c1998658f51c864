"""The journal as a reader sees it."""

from __future__ import annotations

import re
from dataclasses import replace

from advisor.tune.journal import Told, headline, render
from advisor.tune.round import Learned, Outcome, Reason
from tests.tune.rounds import a_round, outcome


def learned(rule: str, subject: str, *, of_trial: bool = False) -> Learned:
    return Learned(
        f"{rule}-{subject}",
        rule,
        "warning",
        f"{subject} has it",
        "https://example.org/#x",
        of_trial,
    )


def test_what_is_new_what_stays_and_what_is_gone() -> None:
    wide, flat = learned("optimum-at-boundary", "lr"), learned("not-learning", "t1")
    spikes = learned("loss-spikes", "t2")
    told = Told(
        [a_round(1), a_round(2, changes=(Reason("lr", "upper 1 → 10", "", "so"),))],
        [outcome(0.5, wide, flat), outcome(0.4, flat, spikes)],
        "the limit of 2 rounds is reached",
    )
    first, second = render(told).split("## Round 2")
    assert "- warning: lr has it ([optimum-at-boundary](https://" in first
    assert "- warning: t2 has it" in second
    assert "t1 has it" not in second
    assert "Still so: `not-learning`." in second
    assert "No longer found: `optimum-at-boundary`." in second
    assert "| `lr` | upper 1 → 10 | so |" in second
    assert "Nothing was changed" not in second


def test_of_many_trials_with_one_fault_two_are_told() -> None:
    findings = [learned("diverged", f"t{i}", of_trial=True) for i in range(5)]
    text = render(Told([a_round(1)], [outcome(0.5, *findings)], ""))
    assert text.count("has it") == 2
    assert "- `diverged` of 3 more trials, in the report" in text


def test_a_round_that_trains_otherwise_says_so() -> None:
    told = Told([a_round(1), a_round(2, since=2)], [outcome(0.5), outcome(0.6)], "")
    assert "earlier ones are left aside" in render(told).split("## Round 2")[1]


def test_the_headline_counts_and_compares() -> None:
    told = Told([a_round(1), a_round(2)], [outcome(0.5), outcome(0.25)], "")
    assert headline(told) == (
        "2 rounds, 4 trials. Best val_loss: 0.25 (round-x/0.25). "
        "After the first round it was 0.5."
    )
    from_logs = replace(told, given=outcome(0.75))
    assert "In the given logs it was 0.75." in headline(from_logs)


def test_without_a_feasible_trial_there_is_no_best() -> None:
    empty = Outcome(
        objective="val_loss",
        goal="minimize",
        trained=2,
        infeasible=2,
        compared=2,
        best_of_round=None,
        best=None,
    )
    text = render(Told([a_round(1)], [empty], "the time is up"))
    assert "1 round, 2 trials. No trial was feasible." in text
    assert "## The best configuration" not in text
    assert "No rule found anything." in text


def test_names_from_logs_are_shown_and_never_obeyed() -> None:
    hostile = "<script>x</script> | [a](b)"
    finding = Learned("id", "rule", "error", f"{hostile} rises", "https://e.org", False)
    made = a_round(1, study=hostile)
    text = render(Told([made], [outcome(0.5, finding)], hostile))
    assert "<script>" in text
    assert not re.search(r"(?<![\\`])<script>", text)
    assert not re.search(r"(?<!\\)\[a\]\(b\)", text.replace(f"`{hostile}`", ""))
