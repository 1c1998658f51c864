"""Parts of one trial, found in several files, made into one trial.

Event files that were written one after the other are one history. Two formats that
hold the same metric are two records of one history: the longer one is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import TypeVar

import numpy as np

from advisor.model.curve import Curve
from advisor.model.log import State, TrialLog

_T = TypeVar("_T")

_PREFERRED = "tensorboard"  # full precision and wall times, where lengths are equal


def join(parts: Sequence[TrialLog]) -> TrialLog:
    """One trial from its parts, given in the order of their files."""
    first = parts[0]
    curves, notes = _curves(parts)
    # Curves that were logged together often have one array of steps.
    distinct = {id(curve.steps): curve for curve in curves.values()}
    back = {key for key, curve in distinct.items() if curve.rewinds()}
    rewinding = [tag for tag, curve in curves.items() if id(curve.steps) in back]
    if rewinding:
        others = f" and {len(rewinding) - 1} more" if len(rewinding) > 1 else ""
        notes.append(f"steps go back, as after a restart, in `{rewinding[0]}`{others}")
    if len(parts) == 1 and not notes:
        return first
    return TrialLog(
        location=first.location,
        format=max(parts, key=lambda part: (part.points, part is first)).format,
        sources=_distinct(part.sources for part in parts),
        key=first.key,
        display_name=_first(part.display_name for part in parts),
        curves=curves,
        results=_merged(part.results for part in parts),
        configuration=_merged(part.configuration for part in parts),
        state=_last_state(parts),
        group=_first(part.group for part in parts),
        notes=_distinct([*(part.notes for part in parts), notes]),
        problems=_distinct(part.problems for part in parts),
    )


def _curves(parts: Sequence[TrialLog]) -> tuple[dict[str, Curve], list[str]]:
    if len(parts) == 1:
        return dict(parts[0].curves), []
    tags = dict.fromkeys(chain.from_iterable(part.curves for part in parts))
    curves, notes = {}, []
    left_out: dict[tuple[str, str], int] = {}
    for tag in tags:
        by_format: dict[tuple[str, str], list[Curve]] = {}
        for part in parts:
            if tag in part.curves:
                curve = part.curves[tag]
                by_format.setdefault((part.format, curve.axis), []).append(curve)
        records = {key: concatenate(same) for key, same in by_format.items()}
        kept = max(records, key=lambda key: (len(records[key]), key[0] == _PREFERRED))
        curves[tag] = _with_axis(records[kept], records.values())
        for form, _ in records.keys() - {kept}:
            left_out[kept[0], form] = left_out.get((kept[0], form), 0) + 1
    for (kept_form, form), count in sorted(left_out.items()):
        metrics = "1 metric is" if count == 1 else f"{count} metrics are"
        notes.append(f"{metrics} in both {kept_form} and {form}; {kept_form} was used")
    return curves, notes


def _with_axis(curve: Curve, records: Iterable[Curve]) -> Curve:
    """Event files call everything a step; another record may know that it is epochs."""
    known = (each.axis for each in records if np.array_equal(each.steps, curve.steps))
    axis = next((each for each in known if each != "step"), curve.axis)
    return curve if axis == curve.axis else replace(curve, axis=axis)


def concatenate(curves: Sequence[Curve]) -> Curve:
    """Curves of one tag in the order of their first wall times, or as given.

    Copies of a curve, or of its beginning, are left out.
    """
    distinct = _without_copies(curves)
    if len(distinct) < 2:
        return distinct[0] if distinct else curves[0]
    times = [each.wall_times for each in distinct if each.wall_times is not None]
    timed = len(times) == len(distinct)
    if timed:
        order = np.argsort([time[0] for time in times], kind="stable").tolist()
        distinct = [distinct[i] for i in order]
        times = [times[i] for i in order]
    return Curve(
        np.concatenate([each.steps for each in distinct]),
        np.concatenate([each.values for each in distinct]),
        np.concatenate(times) if timed else None,
        distinct[0].axis,
    )


def _without_copies(curves: Sequence[Curve]) -> list[Curve]:
    """The curves that are no copy of another, nor of its beginning.

    Checkpoints hold the history up to their step, and so does a file that was copied
    while it was written.
    """
    kept: dict[int, Curve] = {}
    alike: dict[tuple[int, bytes], list[Curve]] = {}
    for index, curve in sorted(enumerate(curves), key=lambda pair: -len(pair[1])):
        if not len(curve):
            continue
        start = int(curve.steps[0]), curve.values[:1].tobytes()
        longer = alike.setdefault(start, [])
        if not any(_is_beginning(curve, other) for other in longer):
            longer.append(curve)
            kept[index] = curve
    return [kept[index] for index in sorted(kept)]


def _is_beginning(curve: Curve, other: Curve) -> bool:
    """Whether `curve` is the whole or the first part of `other`."""
    length = len(curve)
    if not np.array_equal(curve.steps, other.steps[:length]):
        return False
    if not np.array_equal(curve.values, other.values[:length], equal_nan=True):
        return False
    if curve.wall_times is None or other.wall_times is None:
        return curve.wall_times is other.wall_times
    return np.array_equal(curve.wall_times, other.wall_times[:length])


def _first(candidates: Iterable[str | None]) -> str | None:
    return next((each for each in candidates if each is not None), None)


def _last_state(parts: Sequence[TrialLog]) -> State | None:
    states = [part.state for part in parts if part.state is not None]
    return states[-1] if states else None


def _merged(mappings: Iterable[Mapping[str, _T]]) -> dict[str, _T]:
    """All entries; where several mappings hold a key, the first wins."""
    merged: dict[str, _T] = {}
    for mapping in mappings:
        for key, value in mapping.items():
            merged.setdefault(key, value)
    return merged


def _distinct(groups: Iterable[Iterable[_T]]) -> tuple[_T, ...]:
    return tuple(dict.fromkeys(chain.from_iterable(groups)))
