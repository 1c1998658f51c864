"""What one summary holds: scalars by the span of their bytes, texts, hyperparameters.

Scalars come as `simple_value` (PyTorch, tensorboardX, TensorFlow 1) or as a tensor of
one element: `tensor_content` (TensorFlow 2) or `float_val` and its like (PyTorch with
new_style). Everything else, such as images and histograms, is passed over.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from advisor.loaders.event_protobuf import (
    BYTES,
    FIXED32,
    VARINT,
    fields,
    signed,
    text,
    varint,
)

SUMMARY = 5  # the field of an event that holds one

_MAX_TEXT = 1 << 20  # bytes


@dataclass(frozen=True, slots=True)
class Scalar:
    """A number of fixed width, by where it stands."""

    tag: str
    offset: int
    dtype: str  # of numpy; "bfloat16" is the upper half of a float32


@dataclass(frozen=True, slots=True)
class Number:
    """A number of varying width, decoded."""

    tag: str
    value: float


@dataclass(frozen=True, slots=True)
class Text:
    """A text summary."""

    tag: str
    content: str


@dataclass(frozen=True, slots=True)
class PluginData:
    """A message of the hparams plugin."""

    content: bytes


Item: TypeAlias = Scalar | Number | Text | PluginData

_STRING = 7
# By tensorflow.DataType.
_WIDTHS = {
    1: "<f4",
    2: "<f8",
    3: "<i4",
    4: "u1",
    5: "<i2",
    6: "i1",
    9: "<i8",
    10: "u1",
    14: "bfloat16",
    17: "<u2",
    19: "<f2",
    22: "<u4",
    23: "<u8",
}
_VALUES = {5: "<f4", 6: "<f8"}  # float_val, double_val
_INTEGERS = (7, 10, 11, 16, 17)  # int_val, int64_val, bool_val, uint32_val, uint64_val
_HALF = 13


def width(dtype: str) -> int:
    """Bytes of one element."""
    return 2 if dtype == "bfloat16" else np.dtype(dtype).itemsize


def read_scalar(data: memoryview, scalar: Scalar) -> float:
    """The number at a scalar's place."""
    place = data[scalar.offset : scalar.offset + width(scalar.dtype)]
    if scalar.dtype == "bfloat16":
        return float(np.frombuffer(b"\0\0" + bytes(place), dtype="<f4")[0])
    return float(np.frombuffer(place, dtype=scalar.dtype)[0])


def items(data: memoryview, start: int, stop: int) -> Iterator[Item]:
    """What the summary in `data[start:stop]` holds that is read at all.

    Raises:
        WireError: it is no summary.
    """
    for number, wire, first, last in fields(data, start, stop):
        if number == 1 and wire == BYTES:
            item = _item(data, first, last)
            if item is not None:
                yield item


def _item(data: memoryview, start: int, stop: int) -> Item | None:
    tag, plugin, content = "", "", (0, 0)
    simple: int | None = None
    tensor: tuple[int, int] | None = None
    for number, wire, first, last in fields(data, start, stop):
        if number == 1 and wire == BYTES:
            tag = text(data, first, last)
        elif number == 2 and wire == FIXED32:
            simple = first
        elif number == 8 and wire == BYTES:
            tensor = first, last
        elif number == 9 and wire == BYTES:
            plugin, content = _plugin(data, first, last)
    if plugin == "hparams":
        return PluginData(bytes(data[slice(*content)]))
    if simple is not None:
        return Scalar(tag, simple, "<f4")
    if tensor is not None and plugin in ("", "scalars", "text"):
        return _of_tensor(tag, data, *tensor)
    return None


def _plugin(data: memoryview, start: int, stop: int) -> tuple[str, tuple[int, int]]:
    """Name and content of the plugin data in summary metadata."""
    name, content = "", (0, 0)
    for number, wire, first, last in fields(data, start, stop):
        if number == 1 and wire == BYTES:
            for inner, kind, begin, end in fields(data, first, last):
                if inner == 1 and kind == BYTES:
                    name = text(data, begin, end)
                elif inner == 2 and kind == BYTES:
                    content = begin, end
    return name, content


def _of_tensor(tag: str, data: memoryview, start: int, stop: int) -> Item | None:
    """The only element of a tensor; None if it has another number of them."""
    kind, found = 0, None
    for number, wire, first, last in fields(data, start, stop):
        if number == 1 and wire == VARINT:
            kind = varint(data, first, last)[0]
            if kind not in _WIDTHS and kind != _STRING:
                return None
        elif number == 2 and wire == BYTES:
            if _elements(data, first, last) != 1:
                return None
        elif number >= 4:
            found = number, wire, first, last
    if kind == _STRING:
        return _of_string(tag, data, found)
    if kind not in _WIDTHS:
        return None
    if found is None:
        return Number(tag, 0.0)  # zeros may be left out
    return _of_number(tag, data, _WIDTHS[kind], found)


def _of_string(
    tag: str, data: memoryview, found: tuple[int, int, int, int] | None
) -> Text | None:
    if found is None or found[0] != 8 or found[1] != BYTES:
        return None
    _, _, first, last = found
    return Text(tag, text(data, first, last)) if last - first <= _MAX_TEXT else None


def _of_number(
    tag: str, data: memoryview, dtype: str, found: tuple[int, int, int, int]
) -> Item | None:
    number, wire, first, last = found
    if number == 4 or number in _VALUES:
        dtype = _VALUES.get(number, dtype)
        return Scalar(tag, first, dtype) if last - first == width(dtype) else None
    if wire not in (VARINT, BYTES) or (number not in _INTEGERS and number != _HALF):
        return None
    value = signed(data, first, last)
    if number != _HALF:
        return Number(tag, float(value))
    bits = np.array([value & 0xFFFF], dtype="<u2")
    half = bits.astype("<u4") << 16 if dtype == "bfloat16" else bits
    return Number(tag, float(half.view("<f4" if dtype == "bfloat16" else "<f2")[0]))


def _elements(data: memoryview, start: int, stop: int) -> int:
    """The product of the sizes in a tensor's shape."""
    product = 1
    for number, wire, first, last in fields(data, start, stop):
        if number == 2 and wire == BYTES:
            size = 0
            for inner, kind, begin, end in fields(data, first, last):
                if inner == 1 and kind == VARINT:
                    size = signed(data, begin, end)
            product *= size
    return product
