"""How the values of one hyperparameter were tuned, and what their leader owes to it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from advisor.features.configurations import (
    Key,
    TriedConfiguration,
    configuration_key,
    tried_configurations,
)
from advisor.features.feature import NotEnoughDataError, feature, quantity
from advisor.features.value_ranges import comparable_axes, narrower_of, outside_of
from advisor.model.log import Value
from advisor.model.search_space import Hyperparameter
from advisor.model.study import Study


@dataclass(frozen=True, slots=True)
class ValueTuning:
    """The value whose best configuration is best, against the next such value."""

    leader: str = quantity("", "the value that leads")
    other: str = quantity("", "the value that comes next")
    leader_best: str = quantity("", "best trial of the leading value")
    other_best: str = quantity("", "best trial of the next value")
    difference: float = quantity("error", "between these two configurations")
    leader_tried: int = quantity("configurations", "tried with the leading value")
    other_tried: int = quantity("configurations", "tried with the next value")
    others_tried: int = quantity("configurations", "tried with all other values")
    times: float = quantity("ratio", "leader_tried over other_tried")
    ahead: int = quantity(
        "configurations", "of the leading value, better than any of another value"
    )
    p_value: float = quantity(
        "probability", "that so many lead if the values make no difference"
    )
    outside: str | None = quantity(
        "", "hyperparameter whose best value lies outside what the other value tried"
    )
    outside_value: float | None = quantity("", "that value")
    outside_lower: float | None = quantity("", "least that the other value tried")
    outside_upper: float | None = quantity("", "most that the other value tried")
    outside_p: float = quantity(
        "probability", "of a point so far outside if both ranges were the same"
    )
    narrower: str | None = quantity(
        "", "hyperparameter that the leading value searched more narrowly"
    )
    narrower_lower: float | None = quantity("", "least that the leading value tried")
    narrower_upper: float | None = quantity("", "most that the leading value tried")
    beyond: int = quantity("configurations", "of the next value, outside of these two")
    narrower_p: float = quantity(
        "probability", "of so many outside if both ranges were the same"
    )


@feature()
def value_tuning(study: Study, hyperparameter: Hyperparameter) -> ValueTuning:
    """Whether the leading value would lead with any draw of configurations.

    If the value makes no difference, all orders of the configurations are equally
    likely: the best `ahead` of n + m belong to one with n of them with the probability
    n/(n+m) x (n-1)/(n+m-1) x ..., times the number of values, each of which might have
    led (precedence test, Nelson 1963). No distribution is supposed, and n and m may
    differ. A configuration without a result counts as tried, and comes last.
    """
    buckets = _buckets(study, hyperparameter)
    tried = [
        each
        for each in tried_configurations(study)
        if _value(each, hyperparameter) is not None
    ]
    seen = [str(_value(each, hyperparameter)) for each in tried]
    if len(set(seen)) < 2:
        raise NotEnoughDataError(
            f"results with at least 2 values of {hyperparameter.name}; "
            f"there are {len(set(seen))}"
        )
    leader = seen[0]
    at = next(i for i, value in enumerate(seen) if value != leader)
    other = seen[at]
    n, m = len(buckets[leader]), len(buckets[other])
    rest = sum(map(len, buckets.values())) - n
    own, its = (
        [each for each, value in zip(tried, seen, strict=True) if value == wanted]
        for wanted in (leader, other)
    )
    axes = comparable_axes(study, hyperparameter, own, its)
    outside, narrower = outside_of(axes, own, its), narrower_of(axes, own, its)
    return ValueTuning(
        leader=leader,
        other=other,
        leader_best=own[0].name,
        other_best=its[0].name,
        difference=its[0].mean - own[0].mean,
        leader_tried=n,
        other_tried=m,
        others_tried=rest,
        times=n / m,
        ahead=at,
        p_value=min(1.0, len(buckets) * chance_ahead(n, rest, at)),
        outside=outside.name,
        outside_value=outside.value,
        outside_lower=outside.lower,
        outside_upper=outside.upper,
        outside_p=outside.p_value,
        narrower=narrower.name,
        narrower_lower=narrower.lower,
        narrower_upper=narrower.upper,
        beyond=narrower.count,
        narrower_p=narrower.p_value,
    )


def chance_ahead(n: int, m: int, ahead: int) -> float:
    """That the best `ahead` of n + m in random order are all among the n."""
    chance = 1.0
    for i in range(ahead):
        chance *= (n - i) / (n + m - i)
    return chance


def _buckets(study: Study, hyperparameter: Hyperparameter) -> dict[str, set[Key]]:
    """Different configurations by value, those without a result too."""
    buckets: dict[str, set[Key]] = defaultdict(set)
    for trial in (*study.ranked, *study.infeasible):
        value = trial.hyperparameters.get(hyperparameter.name)
        if value is not None:
            buckets[str(value)].add(configuration_key(study, trial))
    return buckets


def _value(tried: TriedConfiguration, hyperparameter: Hyperparameter) -> Value:
    return tried.trials[0].hyperparameters.get(hyperparameter.name)
