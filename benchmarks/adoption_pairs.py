"""Simulated pull requests: a candidate and an incumbent whose truth is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from advisor.engine.rule import Rule
from advisor.engine.rule_set import RuleSettings
from advisor.gate.comparison import AdoptionVerdict, Comparison, compare
from advisor.gate.comparison_side import Name, Side, side_of
from advisor.model.curve import Curve, FloatArray
from advisor.model.log import Logs
from advisor.model.search_space import Hyperparameter, SearchSpace
from advisor.model.study import Goal, Objective, Study
from advisor.model.trial import Trial

Pair: TypeAlias = "Repeats | Tuned"
LOOKS = 3  # the first, and two after the repeats that were asked for
NO_LOGS = Logs((), ())
OBJECTIVE = Objective("val/error", Goal.MINIMIZE)
_AXES = tuple(
    Hyperparameter(name, "float", 0.0, 1.0, declared=True) for name in ("x", "y")
)

NOISES: Mapping[str, Callable[[np.random.Generator, int], FloatArray]] = {
    "normal": lambda rng, n: rng.standard_normal(n),
    "heavy tails (t, 3)": lambda rng, n: rng.standard_t(3, n) / 3**0.5,
    "skewed (log-normal)": lambda rng, n: (
        (np.exp(rng.standard_normal(n)) - 1.65) / 2.16
    ),
    "bad seeds (1 in 10)": lambda rng, n: (
        rng.standard_normal(n) + 5 * (rng.random(n) < 0.1)
    ),
}
"""Of unit size, about."""


@dataclass
class Repeats:
    """One configuration trained several times; more on demand."""

    rng: np.random.Generator
    noise: str
    count: int
    mean: float = 0.5
    std: float = 0.01

    def __post_init__(self) -> None:
        self.errors = self._draw(self.count)

    def more(self, count: int) -> None:
        """Trains it again."""
        self.errors = np.concatenate((self.errors, self._draw(count)))

    def side(self, name: Name) -> Side:
        """As the command reads it."""
        trials = tuple(
            trial(f"seed-{i}", {"x": 0.5}, float(error), i)
            for i, error in enumerate(self.errors)
        )
        fixed = Hyperparameter("x", "float", 0.5, 0.5, role="fixed")
        return side_of(name, study(name, trials, SearchSpace((fixed,))), NO_LOGS)

    def _draw(self, count: int) -> FloatArray:
        return self.mean + self.std * NOISES[self.noise](self.rng, count)


@dataclass
class Tuned:
    """A search of two hyperparameters, the best of which is trained again."""

    rng: np.random.Generator
    noise: str
    tried: int
    repeats: int
    offset: float = 0.0
    std: float = 0.01
    slope: float = 0.4
    width: float = 1.0  # of the range, about the optimum

    def __post_init__(self) -> None:
        self.points = 0.5 + self.width * (self.rng.random((self.tried, 2)) - 0.5)
        self.results = self._trained(np.arange(self.tried))
        self.best = int(np.argmin(self.results))
        self.again = self._trained(np.full(self.repeats, self.best))

    def more(self, count: int) -> None:
        """Trains the best once more."""
        again = self._trained(np.full(count, self.best))
        self.again = np.concatenate((self.again, again))

    def side(self, name: Name) -> Side:
        """As the command reads it."""
        made = [
            trial(f"trial-{i}", self._values(i), float(error), 0)
            for i, error in enumerate(self.results)
        ]
        made += [
            trial(f"again-{i}", self._values(self.best), float(error), i + 1)
            for i, error in enumerate(self.again)
        ]
        return side_of(name, study(name, tuple(made), SearchSpace(_AXES)), NO_LOGS)

    def _trained(self, places: FloatArray) -> FloatArray:
        distance = ((self.points[places] - 0.45) ** 2).sum(axis=1)
        noise = self.std * NOISES[self.noise](self.rng, len(places))
        return np.asarray(0.5 - self.offset + self.slope * distance + noise)

    def _values(self, i: int) -> dict[str, float]:
        return dict(zip(("x", "y"), map(float, self.points[i]), strict=True))


@dataclass
class Noisy:
    """Repeats whose curves end at one level, with noise from step to step."""

    rng: np.random.Generator
    late_noise: float
    count: int = 5
    evaluations: int = 60
    gain: float = 0.0

    def side(self, name: Name) -> Side:
        """As the command reads it."""
        made = []
        for i in range(self.count):
            times = np.arange(1, self.evaluations + 1)
            level = 0.5 - self.gain + 0.005 * self.rng.standard_normal()
            values = level + 0.5 * np.exp(-times / 6)
            values = values + self.late_noise * self.rng.standard_normal(len(times))
            made.append(
                trial(f"seed-{i}", {"x": 0.5}, float(values.min()), i, times, values)
            )
        fixed = Hyperparameter("x", "float", 0.5, 0.5, role="fixed")
        return side_of(name, study(name, tuple(made), SearchSpace((fixed,))), NO_LOGS)


def trial(
    name: str,
    values: Mapping[str, float],
    error: float,
    seed: int,
    steps: FloatArray | None = None,
    curve: FloatArray | None = None,
) -> Trial:
    """A finished trial."""
    curves = {}
    if steps is not None and curve is not None:
        curves = {"validation_error": Curve(10 * steps.astype(np.int64), curve)}
    final = float(curve[-1]) if curve is not None else error
    return Trial(
        name,
        hyperparameters=values,
        curves=curves,  # type: ignore[arg-type]
        error=error,
        final_error=final,
        seed=seed,
    )


def study(name: str, trials: tuple[Trial, ...], space: SearchSpace) -> Study:
    """One side."""
    return Study(name, trials, objective=OBJECTIVE, search_space=space)


def looks(
    candidate: Pair,
    incumbent: Pair,
    rules: tuple[Rule, ...],
    *,
    min_gain: float | None = None,
) -> list[Comparison]:
    """The first verdict, and those after the repeats that were asked for."""
    seen: list[Comparison] = []
    for _ in range(LOOKS):
        sides = candidate.side("candidate"), incumbent.side("incumbent")
        seen.append(compare(*sides, rules, RuleSettings(), {}, min_gain=min_gain))
        if seen[-1].verdict is not AdoptionVerdict.REPEAT:
            break
        candidate.more(seen[-1].more.get("candidate", 0))
        incumbent.more(seen[-1].more.get("incumbent", 0))
    return seen
