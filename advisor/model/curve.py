"""A metric against training steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.int64]
BoolArray: TypeAlias = NDArray[np.bool_]

Axis: TypeAlias = Literal["step", "epoch", "row", "time"]
"""What the x axis counts: optimizer updates, epochs, rows of a file, or seconds."""


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Curve:
    """Measurements of one metric of one trial, in the order in which they were written.

    Values may be NaN or infinite: a metric that was logged as non-finite is kept apart
    from one that was not logged at all, which has no point here.
    """

    steps: IntArray  # [T]
    values: FloatArray  # [T]
    wall_times: FloatArray | None = None  # [T] seconds, from any fixed origin
    axis: Axis = "step"

    def __post_init__(self) -> None:
        steps = np.ascontiguousarray(self.steps, dtype=np.int64)
        values = np.ascontiguousarray(self.values, dtype=np.float64)
        if steps.ndim != 1 or steps.shape != values.shape:
            raise ValueError(
                f"`steps` and `values` must be one-dimensional and equally long, "
                f"but got {steps.shape} and {values.shape}"
            )
        steps.flags.writeable = values.flags.writeable = False
        object.__setattr__(self, "steps", steps)
        object.__setattr__(self, "values", values)
        if self.wall_times is not None:
            wall_times = np.ascontiguousarray(self.wall_times, dtype=np.float64)
            if wall_times.shape != steps.shape:
                raise ValueError(
                    f"`wall_times` must be as long as `steps`, "
                    f"but got {wall_times.shape} and {steps.shape}"
                )
            wall_times.flags.writeable = False
            object.__setattr__(self, "wall_times", wall_times)

    def __len__(self) -> int:
        return len(self.steps)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Curve):
            return NotImplemented
        return (
            self.axis == other.axis
            and np.array_equal(self.steps, other.steps)
            and np.array_equal(self.values, other.values, equal_nan=True)
        )

    def take(self, index: IntArray | BoolArray) -> Curve:
        """The points at `index` (positions, or a mask)."""
        times = None if self.wall_times is None else self.wall_times[index]
        return Curve(self.steps[index], self.values[index], times, self.axis)

    def finite(self) -> Curve:
        """Only the points whose value is a finite number."""
        mask = np.isfinite(self.values)
        return self if np.count_nonzero(mask) == len(mask) else self.take(mask)

    def negated(self) -> Curve:
        """The same points with the sign of the values turned round."""
        return Curve(self.steps, -self.values, self.wall_times, self.axis)

    def rewinds(self) -> int:
        """How often the step goes back, as after a restart from a checkpoint."""
        return int(np.count_nonzero(np.diff(self.steps) < 0))

    def without_rewinds(self) -> Curve:
        """The history that led to the end: steps strictly increase.

        What a restart overwrote is dropped, and of several points at one step the last
        written is kept.
        """
        if len(self) < 2 or (np.diff(self.steps) > 0).all():
            return self
        # A point survives if every later point has a larger step.
        smallest_later = np.minimum.accumulate(self.steps[::-1])[::-1]
        keep = np.ones(len(self), dtype=np.bool_)
        keep[:-1] = self.steps[:-1] < smallest_later[1:]
        return self.take(keep)
