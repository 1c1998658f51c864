"""What a feature is: a pure function whose signature says which signals it needs."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, TypeAlias, TypeVar, get_args, get_type_hints

Per: TypeAlias = Literal["subject", "hyperparameter", "trial"]

_Function = TypeVar("_Function", bound=Callable[..., Any])
_MARK = "__advisor_feature_per__"
_BLOCK = "__advisor_feature_block__"


class NotEnoughDataError(Exception):
    """The signals are there but too short to measure; the text says what is wanted."""


def quantity(unit: str, meaning: str) -> Any:
    """A field of a feature's result: its unit and how to read it."""
    return dataclasses.field(metadata={"unit": unit, "meaning": meaning})


@dataclass(frozen=True, slots=True)
class Quantity:
    """The unit and the meaning of one measured number."""

    unit: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Feature:
    """A registered feature: its signals, options and the numbers it returns."""

    name: str
    function: Callable[..., Any]
    signals: tuple[str, ...]  # positional parameters: what the engine must supply
    options: Mapping[str, Any]  # keyword-only parameters and their defaults
    quantities: Mapping[str, Quantity]
    items: Mapping[str, tuple[str, ...]]  # fields of what a quantity holds several of
    per: Per
    summary: str
    block: Callable[..., Any] | None = None  # the same for many subjects at once


def feature(
    *, per: Per = "subject", block: Callable[..., Any] | None = None
) -> Callable[[_Function], _Function]:
    """Marks a function as a feature.

    Positional parameters are signals by name, keyword-only ones are options with
    defaults. The function returns a frozen dataclass of `quantity` fields, or, with
    `per` given, a mapping of such values by hyperparameter or trial name, measured once
    a study. It raises `NotEnoughDataError` where the signals are too short.

    `block` is for speed only: a function of the same signals and options, with a
    sequence over subjects in place of each signal. It returns what the feature says of
    each, or the `NotEnoughDataError` that it would raise.
    """

    def mark(function: _Function) -> _Function:
        setattr(function, _MARK, per)
        setattr(function, _BLOCK, block)
        return function

    return mark


@cache
def features() -> Mapping[str, Feature]:
    """All features by name, found by listing this package."""
    import advisor.features as package

    found: dict[str, Feature] = {}
    for module_info in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{module_info.name}")
        for name, function in vars(module).items():
            if hasattr(function, _MARK) and function.__module__ == module.__name__:
                if name in found:
                    raise ValueError(f"two features are called {name}")
                found[name] = _describe(name, function)
    return found


def _describe(name: str, function: Callable[..., Any]) -> Feature:
    parameters = inspect.signature(function).parameters.values()
    per: Per = getattr(function, _MARK)
    result = get_type_hints(function)["return"]
    if per != "subject":
        result = result.__args__[1]
    return Feature(
        name=name,
        function=function,
        signals=tuple(p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD),
        options={p.name: p.default for p in parameters if p.kind is p.KEYWORD_ONLY},
        quantities={
            field.name: Quantity(field.metadata["unit"], field.metadata["meaning"])
            for field in dataclasses.fields(result)
        },
        items=_items(result),
        per=per,
        block=getattr(function, _BLOCK),
        summary=(inspect.getdoc(function) or "").partition("\n")[0],
    )


def _items(result: Any) -> Mapping[str, tuple[str, ...]]:
    """The fields of the values in those quantities that are tuples of dataclasses."""
    kinds = {name: get_args(kind) for name, kind in get_type_hints(result).items()}
    return {
        name: tuple(field.name for field in dataclasses.fields(parts[0]))
        for name, parts in kinds.items()
        if parts and dataclasses.is_dataclass(parts[0])
    }
