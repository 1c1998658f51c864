"""Two sides made into one study, in which `side` is the scientific hyperparameter.

So that the rules on adoption judge a pull request as they judge any study: there is one
truth about a lead.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from advisor.errors import AdvisorError
from advisor.gate.comparison_side import Side
from advisor.interpret.hyperparameter_names import read_key
from advisor.model.log import Value
from advisor.model.search_space import Hyperparameter, SearchSpace
from advisor.model.study import Study
from advisor.model.trial import Trial

SIDE = "side"
NAME = "comparison"
_SIDE = Hyperparameter(
    SIDE,
    "categorical",
    declared=True,
    choices=("candidate", "incumbent"),
    role="scientific",
)


def chosen_study(candidate: Side, incumbent: Side, facts: Mapping[str, Value]) -> Study:
    """The repeats that count of the two configurations, nothing else."""
    return _study(
        (
            _trial(trial, side, {})
            for side in (candidate, incumbent)
            for trial in side.trials
        ),
        incumbent,
        SearchSpace((_SIDE,)),
        facts,
    )


def repeated_study(
    candidate: Side, incumbent: Side, facts: Mapping[str, Value]
) -> Study:
    """All repeats of the two configurations, also those that do not count."""
    wanted = [
        (side, trial)
        for side in (candidate, incumbent)
        for trial in side.study.ranked
        if trial in side.trials or trial.name in side.left_out
    ]
    return _study(
        (_trial(trial, side, {}) for side, trial in wanted),
        incumbent,
        SearchSpace((_SIDE,)),
        facts,
    )


def searched_study(
    candidate: Side, incumbent: Side, facts: Mapping[str, Value]
) -> Study:
    """All trials of both sides, with all their hyperparameters."""
    sides = (candidate, incumbent)
    return _study(
        (
            _trial(trial, side, trial.hyperparameters)
            for side in sides
            for trial in side.study.trials
        ),
        incumbent,
        _space([side.study.search_space for side in sides]),
        facts,
    )


def check_comparable(candidate: Side, incumbent: Side) -> None:
    """Whether the two sides measure the same of the same problem.

    Raises:
        AdvisorError: another metric, direction, split, selection, data set or task.
    """
    first, second = candidate.objective, incumbent.objective
    if first != second:
        raise AdvisorError(
            f"expected one objective, found {first.metric} ({first.goal.value}, "
            f"{first.split}, {first.selection} value) of the candidate and "
            f"{second.metric} ({second.goal.value}, {second.split}, {second.selection} "
            f"value) of the incumbent; {_remedy(candidate, incumbent)}"
        )
    said = [_problems(side.study.trials) for side in (candidate, incumbent)]
    for key in sorted(said[0].keys() & said[1].keys()):
        if said[0][key] != said[1][key]:
            values = (", ".join(sorted(each[key])[:4]) for each in said)
            found = " of the candidate and ".join(values)
            raise AdvisorError(
                f"expected one problem, found {key} = {found} of the incumbent; "
                "results on different data cannot be compared"
            )


def _remedy(candidate: Side, incumbent: Side) -> str:
    ours, theirs = (
        {tag for part, tag in side.study.metrics.items() if part.startswith("valid")}
        for side in (candidate, incumbent)
    )
    both = sorted(ours & theirs)
    if not both:
        return "log one metric on validation data for both; there is none at present"
    return (
        "name one that both have in advisor.yaml, e.g. objective: "
        f"{{metric: {both[0]}, goal: minimize}}"
    )


def _problems(trials: Iterable[Trial]) -> dict[str, set[str]]:
    """The values of entries that name the data set, task or environment."""
    found: dict[str, set[str]] = {}
    for trial in trials:
        for key, value in trial.hyperparameters.items():
            if isinstance(value, str) and value and read_key(key).names_the_problem:
                name = value.replace("\\", "/").rstrip("/").rpartition("/")[2]
                found.setdefault(key, set()).add(name)
    return found


def _study(
    trials: Iterable[Trial],
    incumbent: Side,
    space: SearchSpace,
    facts: Mapping[str, Value],
) -> Study:
    return Study(
        NAME,
        tuple(trials),
        objective=incumbent.objective,
        search_space=space,
        facts=facts,
        metrics=incumbent.study.metrics,
    )


def _trial(trial: Trial, side: Side, values: Mapping[str, Value]) -> Trial:
    return replace(
        trial,
        name=f"{side.name}/{trial.name}",
        hyperparameters={**values, SIDE: side.name},
    )


def _space(spaces: Iterable[SearchSpace]) -> SearchSpace:
    """Every hyperparameter of either side, none but `side` being scientific."""
    by_name: dict[str, list[Hyperparameter]] = {}
    for space in spaces:
        for each in space:
            by_name.setdefault(each.name, []).append(each)
    merged = (_merged(same) for name, same in by_name.items() if name != SIDE)
    return SearchSpace((_SIDE, *merged))


def _merged(same: list[Hyperparameter]) -> Hyperparameter:
    first = same[0]
    if not all(each.ordered for each in same):
        choices = dict.fromkeys(choice for each in same for choice in _choices(each))
        return Hyperparameter(
            first.name, "categorical", choices=tuple(choices), alias=first.alias
        )
    lower = min(each.bounds[0] for each in same)
    upper = max(each.bounds[1] for each in same)
    scales = {each.scale for each in same if each.varies} or {first.scale}
    return Hyperparameter(
        first.name,
        "integer" if all(each.kind == "integer" for each in same) else "float",
        lower,
        upper,
        "log" if scales == {"log"} and lower > 0 else "linear",
        alias=first.alias,
        limits=first.limits,
    )


def _choices(each: Hyperparameter) -> tuple[Value, ...]:
    return each.choices or ((each.lower, each.upper) if each.ordered else ())
