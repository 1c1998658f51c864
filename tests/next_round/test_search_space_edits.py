"""Merging edits: what each does, what wins, and that nothing is dropped."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.model.edits import KINDS
from advisor.model.finding import Edit, Finding, Severity
from advisor.model.planned_space import PlannedHyperparameter
from advisor.model.search_space import Hyperparameter, SearchSpace
from advisor.next_round.edits import asked_of
from advisor.next_round.search_space_edits import EditedSpace, edited_space

from .findings import (
    BEST,
    SPACE,
    asked,
    batch_size,
    constant,
    finding,
    learning_rate,
    momentum,
)

Spec = tuple[str, str, dict[str, Any]]


def merged(
    *findings: Finding,
    space: SearchSpace = SPACE,
    best: Mapping[str, Any] | None = None,
) -> EditedSpace:
    return edited_space(space, BEST if best is None else best, asked(*findings))


def planned(result: EditedSpace, name: str) -> PlannedHyperparameter:
    (found,) = [each for each in result.hyperparameters if each.name == name]
    return found


def space_of(result: EditedSpace, name: str) -> Hyperparameter:
    space = planned(result, name).space
    assert space is not None
    return space


def test_without_edits_the_space_stays_as_it_is() -> None:
    result = merged()
    assert [each.space or each.value for each in result.hyperparameters] == [
        *list(SPACE)[:4],
        0.1,
    ]
    assert not any(each.changes for each in result.hyperparameters)


APPLIED: list[tuple[Spec, str, dict[str, Any]]] = [
    (("widen", "lr", {"side": "upper", "to": 1}), "lr", {"upper": 1.0}),
    (
        ("widen", "learning_rate", {"side": "lower", "to": 1e-5}),
        "lr",
        {"lower": 1e-5},
    ),
    (("narrow", "lr", {"side": "upper", "to": 0.03}), "lr", {"upper": 0.03}),
    (
        ("widen", "batch_size", {"side": "upper", "to": 1024}),
        "batch_size",
        {"upper": 1024.0, "choices": (32, 64, 128, 256, 512, 1024)},
    ),
    (
        ("narrow", "batch_size", {"side": "upper", "to": 100}),
        "batch_size",
        {"upper": 64.0, "choices": (32, 64)},
    ),
    (("exclude", "lr", {"above": 0.05}), "lr", {"upper": 0.05}),
    (("exclude", "lr", {"below": 0.001}), "lr", {"lower": 0.001}),
    (("rescale", "momentum", {"scale": "log"}), "momentum", {"scale": "log"}),
    (
        ("reparameterise", "momentum", {"to": "one_minus_momentum"}),
        "one_minus_momentum",
        {"lower": 0.01, "upper": 0.2, "scale": "log", "alias": "one_minus_momentum"},
    ),
    (
        ("free", "dropout", {"lower": 0.0, "upper": 0.5, "scale": "linear"}),
        "dropout",
        {"lower": 0.0, "upper": 0.5, "kind": "float"},
    ),
    (
        ("free", "warmup_steps", {"lower": 10, "upper": 10000, "scale": "log"}),
        "warmup_steps",
        {"lower": 10.0, "upper": 10000.0, "kind": "integer", "scale": "log"},
    ),
    (
        ("free", "activation", {"choices": ["relu", "gelu"]}),
        "activation",
        {"kind": "categorical", "choices": ("relu", "gelu")},
    ),
]


@pytest.mark.parametrize(("edit", "name", "expected"), APPLIED)
def test_each_edit_does_what_it_says(
    edit: Spec, name: str, expected: dict[str, Any]
) -> None:
    result = merged(made := finding("a-rule", edit))
    space = space_of(result, name)
    assert {key: getattr(space, key) for key in expected} == expected
    (change,) = planned(result, name).changes
    assert change.finding == made.id
    assert change.what
    assert change.reason == "a-rule fires."
    assert not result.conflicts


@pytest.mark.parametrize(
    ("edit", "name", "value"),
    [
        (("fix", "momentum", {}), "momentum", 0.9),
        (("fix", "batch_size", {"value": 128.0}), "batch_size", 128),
        (("fix", "optimizer", {"value": "sgd"}), "optimizer", "sgd"),
        (("fix", "dropout", {"value": 0.2}), "dropout", 0.2),
    ],
)
def test_fixing(edit: Spec, name: str, value: Any) -> None:
    result = merged(finding("a-rule", edit))
    found = planned(result, name)
    assert (found.role, found.value, found.space) == ("fixed", value, None)
    assert len(found.changes) == 1


REFUSED: list[tuple[Spec, str]] = [
    (("widen", "momentum", {"side": "upper", "to": 1.2}), "natural limit"),
    (("widen", "lr", {"side": "lower", "to": 0.0}), "log scale"),
    (("widen", "nothing", {"side": "upper", "to": 1}), "no such hyperparameter"),
    (("widen", "optimizer", {"side": "upper", "to": 1}), "no order"),
    (("widen", "dropout", {"side": "upper", "to": 0.5}), "fixed at 0.1"),
    (("widen", "lr", {"side": "upper", "to": math.nan}), "no number"),
    (("narrow", "lr", {"side": "upper", "to": 1e-5}), "nothing would be left"),
    (("narrow", "dropout", {"side": "upper", "to": 0.05}), "fixed at 0.1"),
    (("rescale", "optimizer", {"scale": "log"}), "no order"),
    (("free", "newcomer", {"role": "nuisance"}), "no range"),
    (("fix", "nothing", {"value": 1}), "no such hyperparameter"),
    (("fix", "momentum", {"value": 1.5}), "beyond a limit"),
    (("exclude", "lr", {}), "where the region begins"),
    (("exclude", "lr", {"above": 1e-3, "times": {"momentum": 1}}), "best trial"),
    (("exclude", "lr", {"above": 1e-9, "times": {"nothing": 1}}), "no hyperparameter"),
    (("reparameterise", "dropout", {"to": "one_minus_dropout"}), "searched"),
]


@pytest.mark.parametrize(("edit", "because"), REFUSED)
def test_what_cannot_be_done_is_a_conflict(edit: Spec, because: str) -> None:
    best = BEST if because in ("best trial",) else {}
    result = merged(made := finding("a-rule", edit), best=best)
    (conflict,) = result.conflicts
    assert because in conflict.because
    assert conflict.finding == made.id
    assert conflict.asked.startswith(edit[0])
    assert result.hyperparameters == merged().hyperparameters


def test_a_hard_bound_stays() -> None:
    space = SearchSpace((learning_rate(hard=frozenset({"upper"})),))
    widen = finding("a-rule", ("widen", "lr", {"side": "upper", "to": 1}))
    result = merged(widen, space=space)
    assert space_of(result, "lr").upper == 0.1
    assert "0.1 is a limit" in result.conflicts[0].because


def test_whole_numbers_are_widened_up_to_their_limit() -> None:
    space = SearchSpace((batch_size(choices=()),))
    widen = finding("a-rule", ("widen", "batch_size", {"side": "lower", "to": 0.5}))
    result = merged(widen, space=space)
    assert space_of(result, "batch_size").lower == 1
    assert "moved to 1" in result.conflicts[0].because


def test_the_best_trial_is_never_cut_off() -> None:
    narrow = finding("a-rule", ("narrow", "lr", {"side": "upper", "to": 0.003}))
    result = merged(narrow)
    assert space_of(result, "lr").upper == 0.01
    assert "stays inside" in result.conflicts[0].because


def test_stability_wins_over_widening_whatever_the_severity() -> None:
    unstable = finding(
        "unstable",
        ("narrow", "lr", {"side": "upper", "to": 0.05}),
        severity=Severity.INFO,
    )
    boundary = finding(
        "boundary",
        ("widen", "lr", {"side": "upper", "to": 1}),
        ("widen", "lr", {"side": "lower", "to": 1e-5}),
        severity=Severity.ERROR,
    )
    result = merged(boundary, unstable)
    assert space_of(result, "lr").bounds == (1e-5, 0.05)
    (conflict,) = result.conflicts
    assert (conflict.finding, conflict.winner) == (boundary.id, unstable.id)


def test_freeing_wins_over_fixing_and_names_the_winner() -> None:
    free = finding("overfits", ("free", "momentum", {"lower": 0.0, "upper": 0.9}))
    fix = finding("insensitive", ("fix", "momentum", {}), severity=Severity.ERROR)
    result = merged(fix, free)
    assert space_of(result, "momentum").bounds == (0.8, 0.99)
    assert result.conflicts[0].winner == free.id


def test_of_two_values_the_graver_finding_has_its_own() -> None:
    one = finding("one", ("fix", "batch_size", {"value": 32}))
    two = finding("two", ("fix", "batch_size", {"value": 128}), severity=Severity.ERROR)
    result = merged(one, two)
    assert planned(result, "batch_size").value == 128
    assert result.conflicts[0].winner == two.id


def test_fixing_at_a_value_that_was_cut_off_is_refused() -> None:
    cut = finding("unstable", ("narrow", "lr", {"side": "upper", "to": 0.05}))
    fix = finding("b", ("fix", "lr", {"value": 0.08}))
    result = merged(cut, fix)
    assert "cut off" in result.conflicts[0].because
    assert result.conflicts[0].winner == cut.id


def test_a_cut_holds_for_what_is_freed_afterwards() -> None:
    cut = finding("unstable", ("narrow", "dropout", {"side": "upper", "to": 0.3}))
    free = finding("b", ("free", "dropout", {"lower": 0.0, "upper": 0.5}))
    assert space_of(merged(cut, free), "dropout").bounds == (0.0, 0.3)


def test_what_is_freed_holds_its_present_value() -> None:
    space = SearchSpace((constant("weight_decay", 1e-6),))
    wanted = {"lower": 1e-5, "upper": 0.1, "scale": "log"}
    result = merged(finding("a", ("free", "weight_decay", wanted)), space=space)
    assert space_of(result, "weight_decay").bounds == (1e-6, 0.1)


def test_warmup_is_searched_under_the_name_that_the_study_has() -> None:
    wanted = ("free", "warmup_steps", {"lower": 10, "upper": 10000, "scale": "log"})
    fixed = constant("warmup_ratio", 0.02, alias="warmup_fraction", limits=(0.0, 1.0))
    result = merged(finding("a", wanted), space=SearchSpace((fixed,)))
    assert space_of(result, "warmup_ratio").bounds == (0.0, 0.1)


def test_a_scale_that_only_the_name_gives_is_a_change_too() -> None:
    result = merged(finding("a", ("rescale", "lr", {"scale": "log"})))
    (change,) = planned(result, "lr").changes
    assert change.what == "sampled on a log scale"


def test_a_region_of_two_is_a_constraint() -> None:
    edit = ("exclude", "lr", {"above": 0.05, "times": {"momentum": 1}})
    result = merged(finding("a", edit))
    (constraint,) = result.constraints
    assert str(constraint) == "lr · momentum above 0.05"
    assert constraint.excludes({"lr": 0.1, "momentum": 0.9})
    assert not constraint.excludes({"lr": 0.05, "momentum": 0.9})
    nothing = ("exclude", "lr", {"above": 1e-9, "times": {"momentum": 1}})
    assert (
        "would be left" in merged(finding("a", nothing), best={}).conflicts[0].because
    )


def test_a_region_may_speak_of_one_minus_a_momentum() -> None:
    """The effective learning rate, lr / (1 - momentum), and its new name afterwards."""
    edit = ("exclude", "lr", {"above": 0.5, "times": {"1 - momentum": -1}})
    (constraint,) = merged(finding("a", edit)).constraints
    assert str(constraint) == "lr · (1 - momentum)^-1 above 0.5"
    assert constraint.excludes({"lr": 0.1, "momentum": 0.9})
    assert not constraint.excludes({"lr": 0.1, "momentum": 0.5})
    assert not constraint.excludes({"lr": 0.1})
    turn = ("reparameterise", "momentum", {"to": "one_minus_momentum"})
    (renamed,) = merged(finding("a", edit), finding("b", turn)).constraints
    assert renamed.excludes({"lr": 0.1, "one_minus_momentum": 0.1})
    nothing = ("exclude", "lr", {"above": 1e-9, "times": {"1 - momentum": -1}})
    (conflict,) = merged(finding("a", nothing), best={}).conflicts
    assert "would be left" in conflict.because


@pytest.mark.parametrize(
    ("changes", "because"),
    [({"superseded_by": "x-1"}, "explains"), ({"refuted": True}, "refuted")],
)
def test_explained_and_refuted_findings_do_not_edit(
    changes: dict[str, Any], because: str
) -> None:
    silent = finding("a", ("widen", "lr", {"side": "upper", "to": 1}), **changes)
    readable, without = asked_of([silent], {})
    assert not readable
    assert because in without[0].because
    assert without[0].winner == changes.get("superseded_by", "")


def test_arguments_that_were_not_filled_in_are_a_conflict() -> None:
    broken = finding("a", ("widen", "lr", {"side": "upper", "to": None}))
    assert "filled in" in asked_of([broken], {})[1][0].because


def test_a_hyperparameter_that_advisor_yaml_fixes_is_fixed() -> None:
    result = merged(space=SearchSpace((momentum(role="fixed"),)))
    assert planned(result, "momentum").value == 0.9


number = st.one_of(
    st.floats(-2, 3),
    st.floats(1e-6, 1e6),
    st.integers(-3, 2000),
    st.sampled_from([math.inf, -math.inf, math.nan]),
)
side = st.sampled_from(["lower", "upper"])
target = st.sampled_from(
    ["lr", "momentum", "batch_size", "optimizer", "dropout", "new"]
)
arguments: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "widen": st.fixed_dictionaries({"side": side, "to": number}),
    "narrow": st.fixed_dictionaries({"side": side, "to": number}),
    "exclude": st.fixed_dictionaries(
        {}, optional={"above": number, "below": number, "times": st.just({"lr": 1})}
    ),
    "rescale": st.fixed_dictionaries({"scale": st.sampled_from(["log", "linear"])}),
    "reparameterise": st.just({"to": "turned"}),
    "fix": st.fixed_dictionaries({}, optional={"value": number}),
    "free": st.fixed_dictionaries(
        {}, optional={"lower": number, "upper": number, "scale": st.just("log")}
    ),
}
edits = st.sampled_from(sorted(arguments)).flatmap(
    lambda kind: st.builds(Edit, st.just(kind), target, arguments[kind])
)
severities = st.sampled_from(list(Severity))
findings = st.lists(
    st.builds(
        lambda i, each, severity: replace(
            finding(f"rule-{i}", severity=severity), edits=tuple(each)
        ),
        st.integers(0, 20),
        st.lists(edits, min_size=1, max_size=3),
        severities,
    ),
    max_size=6,
    unique_by=lambda each: each.rule,
)


def test_the_strategy_knows_every_edit_of_a_search_space() -> None:
    plan = {"set", "multiply", "trials", "repeat"}
    assert arguments.keys() == KINDS.keys() - plan


@settings(max_examples=150, deadline=None)
@given(findings)
def test_laws_of_merging(found: list[Finding]) -> None:
    readable, without = asked_of(found, {})
    result = edited_space(SPACE, BEST, readable)
    _nothing_is_dropped(found, result, len(without))
    for each in result.hyperparameters:
        if each.space is not None and each.space.ordered:
            _bounds_are_sound(each)
    again = edited_space(SPACE, BEST, asked_of([*found, *found], {})[0])
    assert _bare(again) == _bare(result)


def _nothing_is_dropped(found: list[Finding], result: EditedSpace, silent: int) -> None:
    every = sum(len(each.edits) for each in found)
    applied = {(each.by.id, each.words) for each in result.applied}
    refused = {(each.finding, each.asked) for each in result.conflicts}
    assert not result.left
    wanted = {(each.by.id, each.words) for each in asked_of(found, {})[0]}
    assert wanted == applied | refused
    assert len(result.applied) + len(result.conflicts) + silent >= every


def _bounds_are_sound(each: PlannedHyperparameter) -> None:
    space = each.space
    assert space is not None
    lower, upper = space.bounds
    assert math.isfinite(lower)
    assert math.isfinite(upper)
    assert lower < upper
    least, most = space.limits
    assert least is None or lower >= least
    assert most is None or upper <= most
    if each.before is not None and each.before.varies and each.before.name == each.name:
        assert lower <= BEST[each.name] <= upper  # type: ignore[operator]
    if space.choices:
        assert min(space.choices) == lower  # type: ignore[type-var]
        assert max(space.choices) == upper  # type: ignore[type-var]


def _bare(result: EditedSpace) -> Any:
    return (
        [
            (each.name, each.role, each.space, each.value)
            for each in result.hyperparameters
        ],
        [(each.powers, each.above, each.below) for each in result.constraints],
    )
