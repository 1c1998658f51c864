"""The section `tune` of a configuration: the search space of a first round."""

from __future__ import annotations

from typing import get_args

from advisor.interpret.configuration import TuneSettings
from advisor.interpret.entries import Entries
from advisor.interpret.hyperparameter_names import read_key
from advisor.model.log import is_number
from advisor.model.search_space import Hyperparameter, Scale

_EXAMPLE = "e.g. learning_rate: {lower: 1e-4, upper: 1e-2, scale: log}"


def tune_settings(entries: Entries) -> TuneSettings:
    """What `tune` says.

    Raises:
        ConfigurationError: an unknown key, or a range that is none.
    """
    entries.only(("workload", "search_space", "fixed"))
    space, fixed = entries.section("search_space"), entries.section("fixed")
    for name in fixed:
        if space.has(name):
            raise fixed.error(
                name, "a fixed or a searched value", "both", "remove one of them"
            )
    return TuneSettings(
        workload=entries.text("workload"),
        search_space=tuple(_searched(space.section(name), name) for name in space),
        fixed={name: fixed.value(name) for name in fixed},
    )


def _searched(entries: Entries, name: str) -> Hyperparameter:
    entries.only(("lower", "upper", "scale", "choices"))
    if entries.has("choices"):
        return _choices(entries, name)
    lower, upper = entries.number("lower"), entries.number("upper")
    if lower is None or upper is None or not lower < upper:
        raise entries.error(
            None,
            f"`lower` below `upper`, or `choices`, for {name}",
            f"{lower} and {upper}",
            _EXAMPLE,
        )
    known = read_key(name)
    scale: Scale | None = entries.one_of("scale", get_args(Scale))  # type: ignore[assignment]
    usual: Scale = "log" if known.scale == "log" and lower > 0 else "linear"
    if scale == "log" and lower <= 0:
        raise entries.error(
            "lower", "a number above 0 on a log scale", f"{lower:g}", _EXAMPLE
        )
    # 0 and 1 are whole numbers; 0.0 and 1.0 are not.
    whole = all(isinstance(entries.data[end], int) for end in ("lower", "upper"))
    return Hyperparameter(
        name,
        "integer" if whole else "float",
        lower,
        upper,
        scale or usual,
        declared=True,
        alias=known.alias,
        limits=known.limits,
    )


def _choices(entries: Entries, name: str) -> Hyperparameter:
    choices = entries.values("choices")
    if len(set(choices)) < 2 or any(entries.has(key) for key in ("lower", "upper")):
        raise entries.error(
            "choices",
            "at least two choices, without bounds",
            f"`{list(choices)}`",
            f"e.g. {name}: {{choices: [32, 64]}}",
        )
    known = read_key(name)
    numbers = [float(each) for each in choices if is_number(each)]
    if len(numbers) < len(choices):
        return Hyperparameter(
            name, "categorical", declared=True, choices=choices, alias=known.alias
        )
    low, high = min(numbers), max(numbers)
    scale = entries.one_of("scale", get_args(Scale))
    logarithmic = low > 0 and (scale or known.scale) == "log"
    return Hyperparameter(
        name,
        "integer" if all(each.is_integer() for each in numbers) else "float",
        low,
        high,
        "log" if logarithmic else "linear",
        declared=True,
        choices=choices,
        alias=known.alias,
        limits=known.limits,
    )
