"""Damaged event files: what is kept, what is said, and that nothing ever crashes."""

from __future__ import annotations

import struct
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from event_bytes import (
    START,
    VERSION,
    event,
    masked_crc,
    message,
    record,
    scalar,
    simple,
    text,
    write,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.errors import LogError
from advisor.loaders import crc32c
from advisor.loaders.collect import collect
from advisor.loaders.event_records import RecordReader
from advisor.loaders.event_scalars import Scalars
from advisor.loaders.tensorboard import load, read_event_file

NAME = "events.out.tfevents.1700000000.host.1.0"


def test_every_cut_keeps_what_stands_before_it(tmp_path: Path) -> None:
    whole = write(tmp_path / NAME, *(scalar(i + 1, "x", i) for i in range(10)))
    content = whole.read_bytes()
    last = len(content) - len(record(scalar(10, "x", 9)))
    for size in range(last + 1, len(content)):
        whole.write_bytes(content[:size])
        file = read_event_file(whole)
        assert len(file.curves["x"]) == 9
        (problem,) = file.problems
        assert problem.offset == last
        assert problem.found == f"the first {size - last} bytes of one"
        assert "normal while the trial is being written" in problem.remedy


def test_a_damaged_length_costs_only_its_record(tmp_path: Path) -> None:
    records = [record(VERSION), *(record(scalar(i, "x", i)) for i in range(1, 101))]
    place = len(b"".join(records[:50]))
    content = bytearray(b"".join(records))
    content[place + 1] ^= 0x10
    path = tmp_path / NAME
    path.write_bytes(content)
    file = read_event_file(path)
    assert file.curves["x"].steps.tolist() == [i for i in range(1, 101) if i != 50]
    (problem,) = file.problems
    assert problem.offset == place
    assert f"{len(records[50])} bytes that are no record" in problem.found


def test_a_damaged_value_is_noticed_on_request(tmp_path: Path) -> None:
    records = [record(VERSION), *(record(scalar(i, "x", i)) for i in range(1, 101))]
    content = bytearray(b"".join(records))
    content[len(b"".join(records[:51])) - 5] ^= 0x40  # the last byte of a value
    path = tmp_path / NAME
    path.write_bytes(content)
    assert len(read_event_file(path).curves["x"]) == 100
    checked = read_event_file(path, check_data=True)
    assert checked.curves["x"].steps.tolist() == [i for i in range(1, 101) if i != 50]
    (problem,) = checked.problems
    assert problem.found == "1 with a wrong checksum"


@pytest.mark.parametrize(
    ("tail", "found"),
    [
        (bytes(5000), "5000 zeros"),
        (
            struct.pack("<QI", 1 << 63, masked_crc(struct.pack("<Q", 1 << 63))),
            "12 bytes",
        ),
        (struct.pack("<QI", 1 << 63, 7) + bytes(90), "102 bytes that are no record"),
        (b"not a record at all", "19 bytes that are no record"),
    ],
)
def test_a_tail_that_is_no_record(tmp_path: Path, tail: bytes, found: str) -> None:
    path = write(tmp_path / NAME, *(scalar(i, "x", i) for i in range(10)))
    size = path.stat().st_size
    path.write_bytes(path.read_bytes() + tail)
    file = read_event_file(path)
    assert len(file.curves["x"]) == 10
    (problem,) = file.problems
    assert found in problem.found
    assert problem.offset == size


def test_a_hole_of_zeros_is_jumped_over(tmp_path: Path) -> None:
    path = write(tmp_path / NAME, *(scalar(i, "x", i) for i in range(10)))
    more = b"".join(record(scalar(i, "x", i)) for i in range(10, 20))
    path.write_bytes(path.read_bytes() + bytes(4096) + more)
    file = read_event_file(path)
    assert file.curves["x"].steps.tolist() == list(range(20))
    assert file.problems[0].found == "4096 zeros"


@pytest.mark.parametrize("content", [b"PNG" * 99, bytes(300), b"\xff" * 300])
def test_a_file_that_is_none_is_an_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / NAME
    path.write_bytes(content)
    with pytest.raises(LogError, match="expected a TensorBoard event file") as error:
        list(load(path))
    assert error.value.problem.offset == 0


def test_a_broken_event_costs_only_itself(tmp_path: Path) -> None:
    broken = struct.pack("<Bd", 9, START) + b"\x2a\x7f\x0a"
    path = write(tmp_path / NAME, scalar(1, "x", 1), broken, scalar(2, "x", 2))
    file = read_event_file(path)
    assert file.curves["x"].steps.tolist() == [1, 2]
    (problem,) = file.problems
    assert problem.found == "1 records that are none"


def test_empty_files(tmp_path: Path) -> None:
    write(tmp_path / "configured" / NAME)
    (tmp_path / "configured" / "config.yaml").write_text("lr: 0.1\n")
    write(tmp_path / "bare" / NAME)
    (tmp_path / "zero").mkdir()
    (tmp_path / "zero" / NAME).touch()
    logs = collect([tmp_path])
    assert [logs.name_of(trial) for trial in logs.trials] == ["configured"]
    assert logs.trials[0].points == 0
    assert {problem.path.parent.name for problem in logs.problems} == {"bare", "zero"}


# Anything at all.

VALID = b"".join(
    map(
        record,
        [
            VERSION,
            *(scalar(i, f"tag/{i % 3}", i) for i in range(30)),
            event(31, message(1, b"h") + message(5, bytes(40))),
            event(32, text("args/text_summary", '{"lr": 0.1}')),
        ],
    )
)


def read_bytes(
    content: bytes, window: int = 1 << 20, *, check_data: bool = False
) -> dict[str, list[tuple[int, float]]]:
    scalars = Scalars()
    reader = RecordReader(
        BytesIO(content), Path(NAME), len(content), window=window, check_data=check_data
    )
    for records in reader:
        scalars.feed(records)
    for problem in reader.problems():
        assert str(problem)
    curves = scalars.curves()
    return {
        tag: list(zip(curve.steps.tolist(), curve.values.tolist(), strict=True))
        for tag, curve in curves.items()
    }


@given(st.binary(max_size=400), st.integers(0, 500), st.booleans())
def test_arbitrary_bytes_never_crash(
    content: bytes, window: int, check_data: bool
) -> None:
    read_bytes(content, window, check_data=check_data)
    read_bytes(VALID + content, window, check_data=check_data)


@given(st.lists(st.binary(max_size=60), max_size=30), st.booleans())
def test_arbitrary_events_never_crash(contents: list[bytes], check_data: bool) -> None:
    found = read_bytes(
        b"".join(map(record, [*contents, scalar(1, "x", 1), *contents])),
        check_data=check_data,
    )
    assert (1, 1.0) in found["x"]


@given(
    st.lists(
        st.tuples(st.integers(0, len(VALID) - 1), st.integers(1, 255)), min_size=1
    ),
    st.integers(0, len(VALID)),
    st.sampled_from([50, 300, 1 << 20]),
)
@settings(max_examples=300)
def test_changed_bytes_cost_no_more_than_their_records(
    changes: list[tuple[int, int]], cut: int, window: int
) -> None:
    content = bytearray(VALID)
    for place, change in changes:
        content[place] ^= change
    found = read_bytes(bytes(content[cut:]), window, check_data=True)
    whole = read_bytes(VALID)
    for tag, pairs in found.items():
        assert set(pairs) <= set(whole[tag])


@given(
    st.lists(
        st.tuples(
            st.integers(-(2**63), 2**63 - 1) | st.integers(0, 300),
            st.sampled_from(
                ["a", "b", "cc", "loss/train", "\N{GREEK SMALL LETTER BETA}"]
            ),
            st.floats(width=32, allow_nan=False),
        ),
        min_size=1,
        max_size=80,
    ),
    st.integers(100, 2000),
)
def test_any_sequence_of_scalars_is_read_in_order(
    rows: list[tuple[int, str, float]], window: int
) -> None:
    expected: dict[str, list[tuple[int, float]]] = {}
    for step, tag, value in rows:
        expected.setdefault(tag, []).append((step, value))
    content = b"".join(record(event(s, simple(t, v))) for s, t, v in rows)
    found = read_bytes(content, window)
    assert found == expected
    assert list(found) == list(expected)


# Checksums.


def test_checksums_agree_with_the_definition() -> None:
    assert int(crc32c.masked_crc(np.frombuffer(b"123456789", np.uint8)[None])[0]) == (
        masked_crc(b"123456789")
    )
    # The check value of CRC-32C for these digits is 0xE3069283.
    plain = 0xE3069283
    assert masked_crc(b"123456789") == (
        ((plain >> 15 | plain << 17) + 0xA282EAD8) & 0xFFFFFFFF
    )


@given(st.binary(max_size=40))
def test_checksum_of_any_data(data: bytes) -> None:
    rows = np.frombuffer(data * 3, dtype=np.uint8).reshape(3, len(data))
    assert crc32c.masked_crc(rows).tolist() == [masked_crc(data)] * 3


def test_checksums_of_short_and_long_lengths() -> None:
    lengths = [0, 1, 4095, 4096, 65537, 1 << 40, (1 << 64) - 1]
    found = crc32c.masked_crc_of_lengths(np.array(lengths, dtype=np.uint64))
    assert found.tolist() == [masked_crc(struct.pack("<Q", n)) for n in lengths]
