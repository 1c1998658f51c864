"""Damaged `.wandb` files: nothing crashes, and only what is damaged is lost."""

from __future__ import annotations

import random
import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wandb_bytes import (
    BLOCK,
    MAGIC,
    configuration,
    ended,
    framed,
    history,
    message,
    run,
    slow_records,
    summary,
    varint,
)

from advisor.errors import LogError
from advisor.loaders import wandb_run
from advisor.loaders.wandb_framing import RecordReader
from advisor.model.log import TrialLog

ROWS = [history(step, loss=step / 7, note="x" * 60) for step in range(700)]
ALL = (run(), configuration(lr=0.1), *ROWS, summary(test=1), ended())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run-abc.wandb"


def read(path: Path, data: bytes) -> TrialLog:
    path.write_bytes(data)
    (log,) = wandb_run.load(path)
    return log


def records(path: Path, data: bytes) -> tuple[list[bytes], RecordReader]:
    path.write_bytes(data)
    with path.open("rb") as stream:
        reader = RecordReader(stream, path)
        return list(reader), reader


def steps(log: TrialLog) -> list[int]:
    return log.curves["loss"].steps.tolist() if "loss" in log.curves else []


@pytest.mark.parametrize("size", [0, 1, 6, 7, 8, BLOCK - 14, BLOCK - 20, 3 * BLOCK])
def test_records_of_any_size_are_as_written(path: Path, size: int) -> None:
    # Sizes around a block: the next record starts in its last bytes, or after it.
    for more in range(9):
        written = [bytes([65 + more]) * (size + more), b"next", b"", b"last"]
        found, reader = records(path, framed(*written))
        assert found == written == slow_records(path)
        assert not reader.problems()


def test_a_whole_file(path: Path) -> None:
    data = framed(*ALL)
    assert len(data) > 2 * BLOCK
    log = read(path, data)
    assert steps(log) == list(range(700))
    assert not log.problems
    assert log.state == "finished"


def test_a_file_cut_off_anywhere_keeps_what_is_before(path: Path) -> None:
    rows = [history(step, loss=step) for step in range(6)]
    data = framed(run(), *rows)
    for size in range(len(data)):
        if size < len(MAGIC):
            with pytest.raises(LogError):
                read(path, data[:size])
            continue
        log = read(path, data[:size])
        whole = len(slow_records(path))
        assert steps(log) == list(range(max(0, whole - 1))), size
        cut = size not in _ends(run(), *rows)
        assert [problem.expected for problem in log.problems] == (
            ["a whole record at the end"] if cut else []
        ), size


def _ends(*written: bytes) -> set[int]:
    ends = {len(MAGIC)}
    for count in range(1, len(written) + 1):
        ends.add(len(framed(*written[:count])))
    return ends


def test_one_flipped_bit_costs_one_record(path: Path) -> None:
    data = bytearray(framed(*ALL))
    place = data.index(b"0.142857")  # the value of step 1
    data[place] ^= 1
    log = read(path, bytes(data))
    assert steps(log) == [0, *range(2, 700)]
    (problem,) = log.problems
    assert problem.found == "1 without"
    assert problem.offset is not None
    assert 0 < place - problem.offset < 200


def test_a_wrong_length_costs_the_rest_of_its_block(path: Path) -> None:
    data = framed(*ALL)
    log = read(path, data[:300] + b"\xff" * 40 + data[340:])
    found = steps(log)
    assert found[-1] == 699
    assert 400 < len(found) < 700
    assert len(log.problems) == 1
    assert log.state == "finished"


def test_a_block_of_zeros_costs_only_itself(path: Path) -> None:
    data = framed(*ALL)
    log = read(path, data[:BLOCK] + b"\0" * BLOCK + data[2 * BLOCK :])
    found = steps(log)
    assert found[0] == 0
    assert found[-1] == 699
    assert log.problems[0].offset is not None
    assert log.problems[0].offset <= BLOCK


def test_zeros_at_the_end_are_reported(path: Path) -> None:
    log = read(path, framed(run(), *ROWS[:3]) + b"\0" * 100)
    assert steps(log) == [0, 1, 2]
    assert len(log.problems) == 1


def test_a_state_is_unknown_where_the_last_word_may_be_lost(path: Path) -> None:
    data = bytearray(framed(run(), *ROWS[:3], ended(0)))
    data[-1] ^= 1
    assert read(path, bytes(data)).state is None


def _beyond_its_row() -> bytes:
    """An item that is longer than the row that holds it, but not than the record."""
    row = history(loss=0.5)[2:]
    return varint(2 << 3 | 2) + varint(len(row) - 1) + row


@pytest.mark.parametrize(
    "inner",
    [
        _beyond_its_row(),
        varint(2 << 3 | 2) + varint(1 << 63),
        varint(2 << 3 | 2) + varint((1 << 64) - 1),
        varint(2 << 3 | 2) + b"\x7f",
        b"\xff" * 30,
        message(2, varint(1 << 3 | 2) + varint(1 << 63)),
        message(2, message(1, varint(2 << 3 | 2) + varint(1 << 62) + b"x")),
        message(3, message(1, varint(1 << 3 | 2) + varint(1 << 63))),
        message(5, b"\x0a\x05\x0a"),
        message(17, b"\x0a\xff\xff\xff\xff\x7f"),
        message(18, b"\x08"),
        message(12, b"\x0a\x05a"),
        message(7, message(2, b"\x08")),
    ],
)
def test_lengths_inside_a_record_are_not_trusted(path: Path, inner: bytes) -> None:
    log = read(path, framed(run(), *ROWS[:3], inner, *ROWS[3:6]))
    assert steps(log) == list(range(6))
    (problem,) = log.problems
    assert "1 that are none" in problem.found


def test_a_record_without_an_end_is_not_kept_in_memory(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("advisor.loaders.wandb_framing.MAX_RECORD", 3 * BLOCK)
    found, reader = records(path, framed(b"a", b"x" * (9 * BLOCK), b"b"))
    assert found == [b"a", b"b"]
    assert len(reader.damaged) == 1


def test_a_beginning_without_an_end_and_the_reverse(path: Path) -> None:
    def chunk(kind: int, content: bytes) -> bytes:
        body = bytes([kind]) + content
        return struct.pack("<IH", zlib.crc32(body), len(content)) + body

    for parts, expected in (
        ((2, 1), [b"x"]),
        ((2, 3, 2, 4), [b"xx"]),
        ((3, 1), [b"x"]),
        ((4, 1), [b"x"]),
        ((7, 1), [b"x"]),
    ):
        data = MAGIC + b"".join(chunk(kind, b"x") for kind in parts)
        found, reader = records(path, data)
        assert found == expected, parts
        assert len(reader.damaged) == 1, parts


@pytest.mark.parametrize("data", [b"", b":W&B", b"PK\x03\x04" * 20, b":W&B\0\0\0" * 9])
def test_other_files_are_refused(path: Path, data: bytes) -> None:
    with pytest.raises(LogError, match="expected a W&B run file"):
        read(path, data)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(garbage=st.binary(max_size=400), seed=st.integers(0, 1000))
def test_random_bytes_never_crash(path: Path, garbage: bytes, seed: int) -> None:
    read(path, MAGIC + garbage)
    read(path, framed(garbage, run(), ROWS[0]))  # valid frames, senseless records
    for number in (2, 3, 5, 7, 12, 17, 18):
        log = read(path, framed(message(number, garbage), ROWS[1]))
        assert steps(log)[-1:] == [1]
    chance = random.Random(seed)
    data = bytearray(framed(*ALL[:40]))
    for _ in range(chance.randrange(1, 20)):
        data[chance.randrange(len(MAGIC), len(data))] = chance.randrange(256)
    read(path, bytes(data))
