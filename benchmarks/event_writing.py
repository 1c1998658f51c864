"""Event files as frameworks write them, without the frameworks: for the benchmarks."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from advisor.loaders.crc32c import masked_crc, masked_crc_of_lengths

START = 1.7e9  # seconds

_PLUGIN = b"\x4a\x0b\x0a\x09\x0a\x07scalars"


def number(value: int) -> bytes:
    """A varint."""
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*encoded, value))


def message(field: int, content: bytes) -> bytes:
    """A field with the wire type of bytes."""
    return number(field << 3 | 2) + number(len(content)) + content


def torch_value(tag: str, value: float) -> bytes:
    """`simple_value`, as SummaryWriter.add_scalar writes it."""
    return message(1, tag.encode()) + b"\x15" + struct.pack("<f", value)


def new_style_value(tag: str, value: float) -> bytes:
    """`float_val`, as SummaryWriter.add_scalar(new_style=True) writes it."""
    tensor = b"\x08\x01\x12\x00" + message(5, struct.pack("<f", value))
    return message(1, tag.encode()) + message(8, tensor) + _PLUGIN


def tensorflow_value(tag: str, value: float) -> bytes:
    """`tensor_content`, as tf.summary.scalar writes it."""
    tensor = b"\x08\x01\x12\x00" + message(4, struct.pack("<f", value))
    return message(1, tag.encode()) + message(8, tensor) + _PLUGIN


def histogram_value(tag: str, buckets: int) -> bytes:
    """As SummaryWriter.add_histogram writes it."""
    numbers = np.random.default_rng(buckets).normal(size=buckets).tobytes()
    content = b"".join(struct.pack("<Bd", field << 3 | 1, 1.0) for field in range(1, 6))
    content += message(6, numbers) + message(7, numbers)
    return message(1, tag.encode()) + message(5, content)


def text_value(tag: str, text: str) -> bytes:
    """As SummaryWriter.add_text writes it."""
    tensor = b"\x08\x07\x12\x04\x12\x02\x08\x01" + message(8, text.encode())
    plugin = message(9, message(1, message(1, b"text")))
    return message(1, tag.encode()) + message(8, tensor) + plugin


def event(step: int, wall_time: float, *values: bytes) -> bytes:
    """An event with a summary of `values`."""
    counted = b"\x10" + number(step) if step else b""
    summary = b"".join(message(1, value) for value in values)
    return struct.pack("<Bd", 9, wall_time) + counted + message(5, summary)


def write(path: Path, events: list[bytes]) -> None:
    """An event file of `events`, with checksums that its readers verify."""
    version = struct.pack("<Bd", 9, START) + message(3, b"brain.Event:2")
    events = [version, *events]
    lengths = np.array([len(each) for each in events], dtype=np.uint64)
    sums = np.zeros(len(events), dtype=np.uint32)
    for length in np.unique(lengths).tolist():
        index = np.flatnonzero(lengths == length)
        joined = b"".join(events[i] for i in index.tolist())
        rows = np.frombuffer(joined, dtype=np.uint8).reshape(-1, length)
        sums[index] = masked_crc(rows)
    heads = masked_crc_of_lengths(lengths).tolist()
    with path.open("wb") as file:
        for each, head, tail in zip(events, heads, sums.tolist(), strict=True):
            file.write(struct.pack("<QI", len(each), head))
            file.write(each + struct.pack("<I", tail))


Value = Callable[[str, float], bytes]

TAGS = (
    "Loss/train",
    "Accuracy/train",
    "Loss/validation",
    "Accuracy/validation",
    "learning_rate",
    "grad_norm",
    "throughput/examples_per_second",
    "memory",
)


def regular(value: Value, steps: int, seed: int = 0) -> list[bytes]:
    """Eight tags at every step."""
    chance = np.random.default_rng(seed)
    losses = chance.normal(size=(steps, len(TAGS))).tolist()
    times = (START + np.cumsum(chance.exponential(0.1, size=(steps, 8)))).reshape(-1, 8)
    return [
        event(step, time, value(tag, loss))
        for step, (row, clock) in enumerate(zip(losses, times.tolist(), strict=True))
        for tag, loss, time in zip(TAGS, row, clock, strict=True)
    ]


def irregular(value: Value, steps: int, seed: int = 0) -> Iterator[bytes]:
    """Tags now and then, evaluations, histograms of varying size, texts between."""
    chance = random.Random(seed)
    tags = [f"train/{'x' * chance.randrange(20)}_{i}" for i in range(12)]
    rates = [chance.choice((1.0, 1.0, 0.7, 0.3, 0.1)) for _ in tags]
    evaluated = [f"eval/{'metric' * (i % 3)}_{i}" for i in range(5)]
    time = START
    for step in range(steps):
        for tag, rate in zip(tags, rates, strict=True):
            if chance.random() < rate:
                time += chance.random()
                yield event(step, time, value(tag, chance.gauss(0, 1)))
        if chance.random() < 0.02:
            for tag in evaluated:
                yield event(step, time, value(tag, chance.gauss(0, 1)))
        if chance.random() < 0.02:
            yield event(step, time, histogram_value("weights", chance.randrange(9, 99)))
        if chance.random() < 0.001:
            text = "a sample " * chance.randrange(1, 50)
            yield event(step, time, text_value("samples/text_summary", text))
