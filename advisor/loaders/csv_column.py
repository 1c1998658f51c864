"""One column of a delimited file: numbers, and what was not measured or is text.

An empty cell, `NA`, `None` and `null` mean: not measured. `nan` means: measured, and
not a number. Neither is ever zero.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from advisor.model.curve import BoolArray, FloatArray

NOT_MEASURED = ("", "NA", "N/A", "<NA>", "None", "none", "null", "NULL")

_DECIMAL_COMMA = re.compile(r"[-+]?[0-9]+,[0-9]+([eE][-+]?[0-9]+)?")
_ABSENT = frozenset(NOT_MEASURED)


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One column; `values` are NaN where a cell is not measured or is text."""

    name: str
    cells: Sequence[str]  # [N] stripped
    values: FloatArray  # [N]
    present: BoolArray  # [N] measured, be it text
    text: BoolArray  # [N] present and not a number

    @property
    def numeric(self) -> bool:
        """Whether it holds numbers; a few damaged cells do not make it text."""
        present, text = np.count_nonzero(self.present), np.count_nonzero(self.text)
        return bool(2 * text < present)

    @property
    def measured(self) -> BoolArray:
        """Where there is a number, be it NaN."""
        return self.present & ~self.text

    def constant(self) -> str | None:
        """The only text it holds, if it holds only one."""
        found = {self.cells[row] for row in np.flatnonzero(self.present).tolist()}
        return found.pop() if len(found) == 1 else None


def column_of(name: str, cells: Sequence[str], *, comma: bool = False) -> Column:
    """A column from its cells; `comma`: 0,5 may mean 0.5."""
    plain = "_" not in "\0".join(cells)  # float("1_2") is 12, but a name is no number
    if plain and (values := _floats(cells)) is not None:
        everywhere = np.ones(len(cells), dtype=np.bool_)
        stripped = [cell.strip() for cell in cells]
        return Column(name, stripped, values, everywhere, ~everywhere)
    stripped = [cell.strip() for cell in cells]
    present = np.array([cell not in _ABSENT for cell in stripped], dtype=np.bool_)
    if plain:
        values = _floats(["nan" if cell in _ABSENT else cell for cell in stripped])
        if values is not None:
            return Column(name, stripped, values, present, np.zeros_like(present))
    parsed = [_number(cell, comma) for cell in stripped]
    number = np.array([value is not None for value in parsed], dtype=np.bool_)
    values = np.array(
        [np.nan if value is None else value for value in parsed], dtype=np.float64
    )
    return Column(name, stripped, values, present, present & ~number)


def _floats(cells: Sequence[str]) -> FloatArray | None:
    """All cells as numbers; None where one is none."""
    try:
        return np.array(list(map(float, cells)), dtype=np.float64)
    except ValueError:
        return None


def _number(cell: str, comma: bool) -> float | None:
    if not cell or "_" in cell:
        return None
    if comma and _DECIMAL_COMMA.fullmatch(cell):
        cell = cell.replace(",", ".")
    try:
        return float(cell)
    except ValueError:
        return None
