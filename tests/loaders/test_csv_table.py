"""Reading of delimited files: every odd cell, and both ways of reading."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from advisor.errors import LogError
from advisor.loaders import csv_table
from advisor.loaders.csv_table import Table, read_table

NAN, INF = float("nan"), float("inf")


def table(tmp_path: Path, content: str | bytes, name: str = "log.csv") -> Table:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_table(path)


def values(column: csv_table.Column) -> list[float | str | None]:
    """None: not measured."""
    return [
        None if not present else cell if text else value
        for present, text, cell, value in zip(
            column.present.tolist(),
            column.text.tolist(),
            column.cells,
            column.values.tolist(),
            strict=True,
        )
    ]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("0", 0.0),
        ("", None),
        ("NA", None),
        ("None", None),
        ("null", None),
        ("nan", NAN),
        ("NaN", NAN),
        ("inf", INF),
        ("-Infinity", -INF),
        ("1e-3", 1e-3),
        (" 7 ", 7.0),
        ("1_2", "1_2"),
        ("True", "True"),
        ("0x10", "0x10"),
    ],
)
@pytest.mark.parametrize("quote", ["", '"'])
def test_cells(tmp_path: Path, cell: str, expected: object, quote: str) -> None:
    read = table(tmp_path, f"a,b\n1,{quote}{cell}{quote}\n")
    (found,) = values(read.columns[1])
    assert found == expected or (found != found and expected != expected)


@pytest.mark.parametrize(
    "content",
    [
        "epoch,loss\n0,1.5\n1,0.5\n",
        "epoch, loss \n0,1.5\n1,0.5",
        "\ufeffepoch,loss\r\n0,1.5\r\n1,0.5\r\n",
        "epoch\tloss\n0\t1.5\n1\t0.5\n",
        "epoch;loss\n0;1,5\n1;0,5\n",
        '"epoch","loss"\n"0","1.5"\n"1","0.5"\n',
        "\n\nepoch,loss\n\n0,1.5\n1,0.5\n\n",
        "epoch,loss,\n0,1.5,\n1,0.5,\n",
        "# a comment\nepoch,loss\n0,1.5\n1,0.5\n",
        "# epoch,loss\n0,1.5\n1,0.5\n",
        "epoch,loss\r0,1.5\r1,0.5\r",
        "epoch,loss\n0,1.5\nepoch,loss\n1,0.5\n",
        "epoch,loss\n0,1.5\n1,0.5\n2,",
        "epoch,loss\n0,1.5\n1,0.5\n2",
        "epoch,loss\n0,1.5\n1,0.5\n".encode("utf-16"),
    ],
)
def test_spellings_of_one_table(tmp_path: Path, content: str | bytes) -> None:
    read = table(tmp_path, content)
    assert read.names == ("epoch", "loss")
    assert [value for value in values(read.columns[1]) if value is not None] == [
        1.5,
        0.5,
    ]
    assert read.problems == ()


def test_ragged_rows_are_reported_and_the_others_kept(tmp_path: Path) -> None:
    read = table(tmp_path, "a,b\n1,2\n3\n4,5,6\n7,8\n")
    assert values(read.columns[0]) == [1, 7]
    assert read.lines.tolist() == [2, 5]
    assert [problem.line for problem in read.problems] == [3]
    assert "fewer, and so in 1 more" in str(read.problems[0])


def test_nul_bytes_of_a_crash(tmp_path: Path) -> None:
    read = table(tmp_path, b"a,b\n1,2\n" + b"\0" * 40 + b"\n3,4\n")
    assert values(read.columns[1]) == [2, 4]
    assert read.problems[0].line == 3


def test_latin_1(tmp_path: Path) -> None:
    read = table(tmp_path, "größe,loss\n1,2\n".encode("latin-1"))
    assert read.names == ("größe", "loss")
    assert "Latin-1" in read.notes[0]


def test_a_damaged_cell_leaves_the_column_numeric(tmp_path: Path) -> None:
    column = table(tmp_path, "a,b\n1,1\n2,0.5e\n3,3\n").columns[1]
    assert column.numeric
    assert column.measured.tolist() == [True, False, True]
    assert not table(tmp_path, "a,b\n1,x\n2,y\n3,3\n").columns[1].numeric


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "an empty file"),
        (b"\n \n", "an empty file"),
        (b"\0\0\0\0", "an empty file"),
        (b"x" * (2 << 20), "a longer one"),
        (b"," * 20_000 + b"\n1\n", "20001"),
    ],
)
def test_what_is_refused(tmp_path: Path, content: bytes, found: str) -> None:
    with pytest.raises(LogError, match=found):
        table(tmp_path, content)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(LogError, match="No such file"):
        read_table(tmp_path / "missing.csv")


def test_large_files_read_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    generator = np.random.default_rng(0)
    lines = ["step,loss,sparse,odd,flag,name,padded,missing"]
    for i in range(500):
        lines.append(
            f"{i},{generator.normal() * 1e-7!r},"
            f"{'' if i % 3 else generator.normal()!r},"
            f"{('nan', 'inf', '-inf', '1e5', 'NA', '3')[i % 6]},{i % 2 == 0},"
            f"{('adam', 'None', 'sgd', '')[i % 4]}, {i}.5 ,"
        )
    content = "\n".join(lines) + "\n"
    small = table(tmp_path, content)
    monkeypatch.setattr(csv_table, "PANDAS_FROM", 0)
    large = table(tmp_path, content)
    for ours, theirs in zip(small.columns, large.columns, strict=True):
        assert ours.name == theirs.name
        np.testing.assert_array_equal(ours.values, theirs.values)
        np.testing.assert_array_equal(ours.present, theirs.present)
        np.testing.assert_array_equal(ours.text, theirs.text)
        text = np.flatnonzero(ours.text).tolist()
        assert [ours.cells[i] for i in text] == [theirs.cells[i] for i in text]
