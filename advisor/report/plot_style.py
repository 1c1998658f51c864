"""How all plots look: one width, one palette, no text that is markup.

The width fits a page of GitHub, where an image of 1,500 pixels is shown at about 830.
Colours are Okabe and Ito's, told apart by people with any colour vision; shapes differ
as well. Nothing here keeps state: figures are made and saved without pyplot.
"""

from __future__ import annotations

import io
import math
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from advisor.model.curve import FloatArray
from advisor.report.layout import shorten
from advisor.report.numbers import setting
from advisor.text import printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

WIDTH = 10.0  # inches
DPI = 150
PANEL_HEIGHT = 2.9

BLUE = "#0072B2"
ORANGE = "#E69F00"
RED = "#C8102E"
GREY = "#8A929B"
DARK = "#24292F"
FAINT = "#D8DEE4"

LOG_FROM = 30.0  # largest value over smallest, from which a value axis is logarithmic
MOST_TICKS = 8

_STYLE: dict[Any, Any] = {
    "text.parse_math": False,  # a dollar sign in a name is a dollar sign
    "font.family": "DejaVu Sans",
    "font.size": 11,
    "axes.titlesize": 11,
    "axes.labelsize": 11,
    "xtick.labelsize": 10,
    "ytick.labelsize": 10,
    "legend.fontsize": 10,
    "axes.edgecolor": GREY,
    "axes.labelcolor": DARK,
    "axes.titlecolor": DARK,
    "text.color": DARK,
    "xtick.color": DARK,
    "ytick.color": DARK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": FAINT,
    "grid.linewidth": 0.6,
    "figure.facecolor": "white",
    "axes.facecolor": "white",
    "svg.hashsalt": "advisor",
}


@dataclass(frozen=True, slots=True)
class ValueAxis:
    """Limits and scale of an axis of the objective, as logged."""

    low: float
    high: float
    log: bool

    def clipped(self, value: float) -> float:
        """`value`, or the limit that it lies beyond."""
        return min(max(value, self.low), self.high)


def value_axis(values: FloatArray, *, worse: int = 1) -> ValueAxis:
    """An axis on which the good values can be told apart.

    Where all are positive and the range is wide it is logarithmic; else a few extremely
    bad values (`worse` is +1 where large ones are bad) lie beyond the limit.
    """
    finite = values[np.isfinite(values)]
    if not len(finite):
        return ValueAxis(0.0, 1.0, False)
    low, high = float(finite.min()), float(finite.max())
    if low > 0 and high / low > LOG_FROM:
        pad = (high / low) ** 0.06
        return ValueAxis(low / pad, high * pad, True)
    errors = finite * worse
    best, middle = float(errors.min()), float(np.median(errors))
    limit = middle + 3 * (middle - best)
    if middle > best and errors.max() > limit:
        low, high = sorted((worse * best, worse * limit))
    pad = 0.06 * (high - low) or 0.05 * abs(high) or 1.0
    return ValueAxis(low - pad, high + pad, False)


@contextmanager
def drawing() -> Iterator[None]:
    """Our style whatever the user's matplotlibrc says, and quiet about odd letters."""
    import matplotlib

    with matplotlib.rc_context(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_STYLE)
        yield


def grid(
    panels: int, *, columns: int, share_y: bool = True, height: float = PANEL_HEIGHT
) -> tuple[Canvas, list[Axes]]:
    """A figure of `panels` axes in rows of at most `columns`."""
    from matplotlib.figure import Figure as Canvas

    columns = min(columns, panels)
    if panels == 4:
        columns = 2
    rows = math.ceil(panels / columns)
    canvas = Canvas(
        figsize=(WIDTH, height * rows + 0.75), dpi=DPI, layout="constrained"
    )
    every = canvas.subplots(rows, columns, squeeze=False, sharey=share_y).ravel()
    for unused in every[panels:]:
        unused.set_visible(False)
    return canvas, list(every[:panels])


def png(canvas: Canvas) -> bytes:
    """A PNG that is the same for the same figure."""
    image = io.BytesIO()
    canvas.savefig(image, metadata={"Software": None, "Creation Time": None})
    return image.getvalue()


def show_values(axes: Axes, axis: ValueAxis) -> None:
    """Sets scale, limits and ticks of the y axis."""
    if axis.log:
        axes.set_yscale("log")
        log_ticks(axes.yaxis, axis.low, axis.high)
    axes.set_ylim(axis.low, axis.high)


def log_ticks(axis: Any, low: float, high: float) -> None:
    """Ticks of a log axis as plain numbers: 0.01, 0.1, 1; in between on short ones."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    decades = math.log10(high / low)
    steps = (1.0,) if decades > 3 else (1.0, 3.0) if decades > 1.5 else (1.0, 2.0, 5.0)
    axis.set_major_locator(LogLocator(subs=steps, numticks=MOST_TICKS))
    axis.set_major_formatter(FuncFormatter(lambda value, _: tick(float(value))))
    axis.set_minor_formatter(NullFormatter())


def step_ticks(axes: Axes) -> None:
    """Ticks of a step axis: 5,000 rather than 5000, 2M rather than 2000000."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: short_count(value)))


def tick(value: float) -> str:
    """A value of a hyperparameter at a tick."""
    return short_count(value) if value >= 1e4 else setting(value)


def short_count(value: float) -> str:
    """`500`, `12,500`, `250k`, `1.5M`."""
    if abs(value) >= 1e6:
        return f"{value / 1e6:g}M"
    if abs(value) >= 1e5:
        return f"{value / 1e3:g}k"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:g}"


def heading(canvas: Canvas, text: str, handles: Sequence[Any] = ()) -> None:
    """The title of a figure, with its legend below."""
    # One legend with a title: a title of its own would be laid over the legend.
    canvas.legend(
        handles=list(handles),
        title=shorten(text, 100),
        title_fontproperties={"size": 12, "weight": "bold"},
        alignment="left",
        loc="outside upper left",
        ncols=max(len(handles), 1),
        frameon=False,
        handletextpad=0.4,
        columnspacing=1.4,
        borderaxespad=0.2,
    )


def key(text: str, color: str, marker: str = "", size: float = 7, **look: Any) -> Any:
    """An entry of a legend: a marker, or a line where there is none."""
    from matplotlib.lines import Line2D

    if marker:
        look = {"ls": "", **look}
    return Line2D([], [], color=color, marker=marker, ms=size, label=text, **look)


def label(text: str, width: int) -> str:
    """Text from logs, short enough to be drawn; of a path the end tells more."""
    text = printable(text)
    if len(text) <= width:
        return text
    if re.search(rf"[/.].{{1,{width - 1}}}$", text):
        return "…" + text[-(width - 1) :]
    return shorten(text, width)


def spread(index: int, *, upright: bool = False) -> float:
    """A shift in -0.5 to 0.5 that keeps neighbours apart, the same every time.

    `upright` gives a second shift, independent of the first.
    """
    return (index * (0.7548776662466927 if upright else 0.5698402909980532)) % 1 - 0.5


def size_of(points: int) -> tuple[float, float]:
    """Area and opacity of a marker among so many."""
    if points <= 60:
        return 34.0, 0.75
    return (18.0, 0.55) if points <= 300 else (10.0, 0.45)


def file_stem(index: int, name: str) -> str:
    """A name of a file that is safe anywhere, for the `index`-th study."""
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40].strip("-")
    return f"{index}-{slug}" if slug else str(index)
