"""Hyperparameters in event files: the hparams plugin's messages, and text summaries.

Messages: tensorboard/plugins/hparams/{plugin_data,api}.proto. Texts are read where they
are JSON (Hugging Face, Coqui) or a table of two columns (CleanRL), nothing else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from advisor.loaders.configuration_entries import flatten
from advisor.loaders.event_protobuf import (
    BYTES,
    FIXED64,
    VARINT,
    double,
    fields,
    text,
    varint,
)
from advisor.model.log import State, Value
from advisor.model.search_space import Domain

_STATES: Mapping[int, State] = {1: "finished", 2: "failed", 3: "running"}
_EXPERIMENT, _START, _END = 2, 3, 4
_PLACEHOLDER = "hp_metric"  # Lightning writes it where nothing was declared

_WRAPPED = re.compile(
    r"\s*(?:<pre>|```(?:json)?)?\s*(\{.*\})\s*(?:</pre>|```)?\s*", re.S
)
_TABLE = re.compile(r"\s*\|\s*(param|parameter|name|key)\w*\s*\|\s*values?\s*\|", re.I)
_RULE = re.compile(r"[\s|:-]*")


@dataclass(slots=True)
class Session:
    """What the hparams plugin says of one trial, and of the experiment around it."""

    started: bool = False
    hyperparameters: dict[str, Value] = field(default_factory=dict)
    state: State | None = None
    experiment: bool = False
    domains: dict[str, Domain] = field(default_factory=dict)
    metrics: list[str] = field(default_factory=list)

    def read(self, message: bytes) -> None:
        """Takes in one message.

        Raises:
            WireError: it is none.
        """
        data = memoryview(message)
        for number, wire, first, last in fields(data, 0, len(data)):
            if wire != BYTES:
                continue
            if number == _EXPERIMENT:
                self.experiment = True
                self._read_experiment(data, first, last)
            elif number == _START:
                self.started = True
                self.hyperparameters.update(_hyperparameters(data, first, last))
            elif number == _END:
                self.state = _state(data, first, last) or self.state

    @property
    def objective(self) -> str | None:
        """The only metric that the experiment names."""
        named = [each for each in self.metrics if each != _PLACEHOLDER]
        return named[0] if len(named) == 1 else None

    def _read_experiment(self, data: memoryview, start: int, stop: int) -> None:
        for number, wire, first, last in fields(data, start, stop):
            if number == 4 and wire == BYTES:
                name, domain = _declared(data, first, last)
                if domain is not None:
                    self.domains[name] = domain
            elif number == 5 and wire == BYTES:
                self.metrics.append(_metric(data, first, last))


def _hyperparameters(
    data: memoryview, start: int, stop: int
) -> Iterator[tuple[str, Value]]:
    for number, wire, first, last in fields(data, start, stop):
        if number == 1 and wire == BYTES:
            name, value = "", None
            for inner, kind, begin, end in fields(data, first, last):
                if inner == 1 and kind == BYTES:
                    name = text(data, begin, end)
                elif inner == 2 and kind == BYTES:
                    value = _value(data, begin, end)
            yield name, value


def _state(data: memoryview, start: int, stop: int) -> State | None:
    """None without a time: PyTorch writes the end together with the beginning."""
    state, timed = None, False
    for number, wire, first, last in fields(data, start, stop):
        if number == 1 and wire == VARINT:
            state = _STATES.get(varint(data, first, last)[0])
        elif number == 2 and wire == FIXED64:
            timed = double(data, first) > 0
    return state if timed else None


def _value(data: memoryview, start: int, stop: int) -> Value:
    """A google.protobuf.Value; whole numbers, which it cannot mark, become integers."""
    found: Value = None
    for number, wire, first, last in fields(data, start, stop):
        if number == 2 and wire == FIXED64:
            value = double(data, first)
            whole = value.is_integer() and abs(value) < 1 << 53
            found = int(value) if whole else None if value != value else value
        elif number == 3 and wire == BYTES:
            found = text(data, first, last)
        elif number == 4 and wire == VARINT:
            found = varint(data, first, last)[0] != 0
    return found


def _declared(data: memoryview, start: int, stop: int) -> tuple[str, Domain | None]:
    name, domain = "", None
    for number, wire, first, last in fields(data, start, stop):
        if wire != BYTES:
            continue
        if number == 1:
            name = text(data, first, last)
        elif number == 5:
            choices = tuple(
                _value(data, begin, end)
                for inner, kind, begin, end in fields(data, first, last)
                if inner == 1 and kind == BYTES
            )
            domain = Domain(choices=choices) if choices else None
        elif number == 6:
            domain = _interval(data, first, last)
    return name, domain


def _interval(data: memoryview, start: int, stop: int) -> Domain | None:
    bounds = {1: 0.0, 2: 0.0}  # zeros are left out
    for number, wire, first, _ in fields(data, start, stop):
        if number in bounds and wire == FIXED64:
            bounds[number] = double(data, first)
    return Domain(bounds[1], bounds[2]) if bounds[1] <= bounds[2] else None


def _metric(data: memoryview, start: int, stop: int) -> str:
    """The tag; a group is the folder that it is logged in, as `validation`."""
    parts = {1: "", 2: ""}
    for number, wire, first, last in fields(data, start, stop):
        if number == 1 and wire == BYTES:
            for inner, kind, begin, end in fields(data, first, last):
                if inner in parts and kind == BYTES:
                    parts[inner] = text(data, begin, end)
    return "/".join(part for part in parts.values() if part)


def entries_of_text(content: str) -> dict[str, Value]:
    """The settings in a text summary; empty unless it clearly holds some."""
    if found := _WRAPPED.fullmatch(content):
        try:
            data = json.loads(found[1])
        except (ValueError, RecursionError):
            return {}
        return dict(flatten(data)) if isinstance(data, dict) else {}
    if not _TABLE.match(content):
        return {}
    rows = [line.strip().strip("|") for line in content.strip().splitlines()[1:]]
    pairs = (row.partition("|") for row in rows if not _RULE.fullmatch(row))
    return {key.strip(): _scalar(value.strip()) for key, _, value in pairs}


def _scalar(content: str) -> Value:
    """A cell of CleanRL's table, which holds what Python prints."""
    named: dict[str, Value] = {"True": True, "False": False, "None": None}
    if content in named:
        return named[content]
    for kind in (int, float):
        try:
            return kind(content)
        except ValueError:
            continue
    return content
