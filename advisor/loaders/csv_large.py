"""Large regular tables through the C engine of pandas: the same columns, sooner."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, overload

import numpy as np

from advisor.loaders.csv_column import NOT_MEASURED, Column, column_of
from advisor.model.curve import FloatArray


def read_columns(
    header: Sequence[str], lines: Sequence[str], delimiter: str
) -> list[Column]:
    """Columns of lines that all have as many cells as the header, and no quotes."""
    import pandas

    # Before version 3 the default rounds the last digit; since, this is the default.
    exact: Any = (
        {"float_precision": "round_trip"} if pandas.__version__[0] == "2" else {}
    )
    frame = pandas.read_csv(
        io.StringIO("\n".join(lines)),
        sep=delimiter,
        header=None,
        names=range(len(header)),
        keep_default_na=False,
        na_values=list(NOT_MEASURED),
        skip_blank_lines=False,
        engine="c",
        quoting=3,
        low_memory=False,
        **exact,
    )
    return [
        _column(name, frame[index], delimiter == ";")
        for index, name in enumerate(header)
    ]


class _Numbers(Sequence[str]):
    """Numbers as cells, written only when somebody asks."""

    def __init__(self, values: FloatArray) -> None:
        self.values = values

    def __len__(self) -> int:
        return len(self.values)

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> list[str]: ...

    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return [_text(value) for value in self.values[index]]
        return _text(self.values[index])


def _text(value: float) -> str:
    if np.isnan(value):
        return ""
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def _column(name: str, series: Any, comma: bool) -> Column:
    if series.dtype.kind in "fiu":
        values = series.to_numpy(dtype=np.float64)
        present = ~np.isnan(values)
        return Column(name, _Numbers(values), values, present, np.zeros_like(present))
    missing = series.isna().to_numpy()
    cells = [
        "" if absent else str(cell)
        for cell, absent in zip(series.tolist(), missing, strict=True)
    ]
    return column_of(name, cells, comma=comma)
