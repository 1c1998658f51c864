"""Reading of a delimited text file that may be odd, broken or hostile.

Ordinary files are split in Python; the import of pandas pays from 16 MiB on.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from advisor.errors import LogError, Problem
from advisor.loaders.csv_column import Column, column_of
from advisor.loaders.csv_text import read_head, read_text
from advisor.model.curve import IntArray

MAX_COLUMNS = 10_000
PANDAS_FROM = 16 << 20  # characters; below, importing pandas costs more than it saves

_DELIMITERS = (",", "\t", ";", "|")


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A delimited file: its columns, and where each row stands in it."""

    path: Path
    columns: tuple[Column, ...]
    lines: IntArray  # [N] 1-based
    preamble: str = ""  # a first line that starts with #
    too_long: int = 0  # rows with more cells than the header
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The header, as found but for surrounding spaces."""
        return tuple(column.name for column in self.columns)

    def __len__(self) -> int:
        return len(self.lines)

    def find(self, name: str) -> Column | None:
        """The first column of that name."""
        return next((each for each in self.columns if each.name == name), None)


def read_table(path: Path) -> Table:
    """The whole file.

    Raises:
        LogError: no such file, empty, too large, or a header too wide.
    """
    text, notes = read_text(path)
    return parse_table(path, text, notes=notes)


def peek_table(path: Path) -> Table:
    """The header and the first rows, to tell what kind of file it is."""
    return parse_table(path, read_head(path), notes=())


def parse_table(path: Path, text: str, *, notes: tuple[str, ...]) -> Table:
    """The table that `text` holds."""
    complete = text.endswith("\n")
    lines = text.split("\n")
    if complete:
        lines.pop()
    start = next((i for i, line in enumerate(lines) if line.strip("\0 \t")), None)
    if start is None:
        raise LogError(
            Problem(path, "a header line", "an empty file", "delete it, or log again")
        )
    preamble = ""
    if lines[start].startswith("#") and start + 1 < len(lines):
        # Stable-Baselines' monitor.csv has #{json}; numpy writes `# a,b` as the header.
        if lines[start].startswith("#{") or "," not in lines[start]:
            preamble, start = lines[start], start + 1
        else:
            lines[start] = lines[start].lstrip("# ")
    delimiter = _delimiter(path, lines[start])
    body = _Body(path, lines, start, delimiter, complete)
    return body.table(preamble, notes)


def _delimiter(path: Path, header: str) -> str:
    delimiter = max(_DELIMITERS, key=header.count)
    if header.count(delimiter) >= MAX_COLUMNS:
        raise LogError(
            Problem(
                path,
                f"at most {MAX_COLUMNS} columns",
                f"{header.count(delimiter) + 1}",
                "pass training curves, not data; one row a step, one column a metric",
            )
        )
    return delimiter


def _header(path: Path, line: str, number: int, delimiter: str) -> list[str]:
    try:
        names = next(csv.reader([line], delimiter=delimiter), [""])
    except csv.Error as error:
        problem = Problem(
            path, "column names", f"{error}", "mend the header line", number
        )
        raise LogError(problem) from error
    return [name.strip() for name in names]


class _Body:
    """The rows below a header, with what is wrong with them."""

    def __init__(
        self, path: Path, lines: list[str], start: int, delimiter: str, complete: bool
    ) -> None:
        self.path, self.lines, self.start = path, lines, start
        self.delimiter, self.complete = delimiter, complete
        self.problems: list[Problem] = []
        self.notes: list[str] = []
        self.too_long: list[int] = []
        self.too_short: list[int] = []
        self.header = _header(path, lines[start], start + 1, delimiter)

    def table(self, preamble: str, notes: tuple[str, ...]) -> Table:
        numbers, columns = self._regular() or self._irregular()
        pairs = zip(self.header, columns, strict=True)
        made = [
            each
            if isinstance(each, Column)
            else column_of(name, each, comma=self.delimiter == ";")
            for name, each in pairs
        ]
        if made and not made[-1].name and not made[-1].present.any():
            made.pop()  # every line ends with a delimiter
        self._report_ragged()
        return Table(
            self.path,
            tuple(made),
            np.asarray(numbers, dtype=np.int64),
            preamble,
            len(self.too_long),
            (*notes, *self.notes),
            tuple(self.problems),
        )

    def _regular(self) -> tuple[Sequence[int], Sequence[Column | list[str]]] | None:
        """Numbers and columns, if no line needs a closer look."""
        lines, delimiter = self.lines[self.start + 1 :], self.delimiter
        expected = len(self.header) - 1
        if (
            not lines
            or not self.complete
            or expected < 1
            or any(line.count(delimiter) != expected for line in lines)
            or any(mark in line for line in lines for mark in '"\0')
            or self.lines[self.start] in lines
        ):
            return None
        first = self.start + 2
        numbers = range(first, first + len(lines))
        if sum(map(len, lines)) >= PANDAS_FROM:
            from advisor.loaders.csv_large import read_columns

            return numbers, read_columns(self.header, lines, delimiter)
        cells = delimiter.join(lines).split(delimiter)
        return numbers, [cells[i :: expected + 1] for i in range(expected + 1)]

    def _irregular(self) -> tuple[Sequence[int], Sequence[list[str]]]:
        numbers: list[int] = []
        rows: list[list[str]] = []
        width = len(self.header)
        for number, cells in self._rows():
            if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
                cells = cells[:width]
            if len(cells) == width and [cell.strip() for cell in cells] == self.header:
                self.notes.append(f"the header is repeated in line {number}")
            elif len(cells) > width:
                self.too_long.append(number)
            elif len(cells) < width and number == len(self.lines) and not self.complete:
                self.notes.append("the last line is incomplete and was left out")
            elif len(cells) < width:
                self.too_short.append(number)
            else:
                numbers.append(number)
                rows.append(cells)
        columns = [list(column) for column in zip(*rows, strict=True)]
        return numbers, columns or [[] for _ in self.header]

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        """Line number and cells of every row that is not blank."""
        after = self.start + 1
        reader = csv.reader(
            (f"{line}\n" for line in self.lines[after:]),
            delimiter=self.delimiter,
            skipinitialspace=self.delimiter != "\t",
        )
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                self._report(after + reader.line_num, f"{error}")
                continue
            number = after + reader.line_num
            if any("\0" in cell for cell in cells):
                self._report(number, "NUL bytes, as a crash leaves behind")
            elif any(cell.strip() for cell in cells):
                yield number, cells

    def _report(self, number: int, found: str) -> None:
        if len(self.problems) < 3:
            remedy = "the row was left out; mend or delete it"
            self.problems.append(
                Problem(self.path, "cells of text or numbers", found, remedy, number)
            )

    def _report_ragged(self) -> None:
        ragged = sorted(self.too_long + self.too_short)
        if ragged:
            more = f", and so in {len(ragged) - 1} more" if len(ragged) > 1 else ""
            way = "more" if ragged[0] in self.too_long else "fewer"
            self.problems.append(
                Problem(
                    self.path,
                    f"{len(self.header)} cells, as in the header",
                    f"{way}{more}",
                    "the rows were left out; mend or delete them",
                    ragged[0],
                )
            )
