"""Labels of several things that stand side by side in a plot."""

from __future__ import annotations

import math
from collections.abc import Sequence

from advisor.report.plot_style import label

_CHARACTER = 0.035  # width of one, as a fraction of the narrowest panel


def labels(texts: Sequence[str], width: int) -> list[str]:
    """Each short enough to be drawn; where they would read alike, what differs."""
    short = [label(text, width) for text in texts]
    if len(set(short)) == len(set(texts)):
        return short
    start = _shared(texts)
    end = _shared([text[start:][::-1] for text in texts])
    longest = max(len(text) - start - end for text in texts)
    start = max(0, start - max(0, width - longest - 2))  # some of what leads there
    return [
        label(_between(text, start, len(text) - end), width).strip() for text in texts
    ]


def apart(texts: Sequence[str], places: Sequence[float]) -> list[str]:
    """Labels at increasing places, empty where one would lie over the one before.

    Places are fractions of the axis.
    """
    shown: list[str] = []
    end = -math.inf
    for text, place in zip(texts, places, strict=True):
        half = _CHARACTER * len(text) / 2
        fits = not place - half < end
        shown.append(text if fits else "")
        if fits:
            end = place + half
    return shown


def _between(text: str, start: int, end: int) -> str:
    return ("…" if start else "") + text[start:end] + ("…" if end < len(text) else "")


def _shared(texts: Sequence[str]) -> int:
    """How many characters all begin with."""
    count = 0
    for column in zip(*texts, strict=False):
        if len(set(column)) > 1:
            break
        count += 1
    return count
