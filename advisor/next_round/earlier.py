"""The round before: its sequence, as next_round.yaml has it, and whether it was run."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from advisor.errors import AdvisorError, Problem, ProblemError
from advisor.model.log import Value, is_number
from advisor.model.next_round import PointSequence
from advisor.model.planned_space import PLAN, Change, Constraint, Point
from advisor.model.study import Study
from advisor.safe_yaml import Document, Place, parse_yaml
from advisor.text import printable

_ROUNDING = 1e-6  # event files hold 32-bit numbers


@dataclass(frozen=True, slots=True)
class EarlierRound:
    """A round that was planned."""

    study: str
    round: int
    sequence: PointSequence
    points: tuple[Point, ...]
    hyperparameters: Mapping[str, Any] = field(default_factory=dict)  # as in the file
    constraints: tuple[Constraint, ...] = ()

    def was_run(self, study: Study) -> bool:
        """Whether any of its points is among the trials of the study."""
        return any(
            _same(point, trial.hyperparameters)
            for point in self.points
            for trial in study.trials
        )

    def to_continue(self, study: Study) -> tuple[int, PointSequence]:
        """The number of the round to plan, and where its sequence begins.

        Planned anew before it was run, it is the same round with the same points.
        """
        if self.was_run(study):
            return self.round + 1, self.sequence
        sequence = self.sequence
        again = PointSequence(
            sequence.seed, sequence.first, sequence.first, sequence.dimensions
        )
        return self.round, again


def read_earlier(path: Path) -> EarlierRound | None:
    """The round in `path`, or None where there is no such file.

    Raises:
        AdvisorError: it cannot be read, or is no next_round.yaml.
    """
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        problem = Problem(
            path, "a readable file", str(error), "choose another --output"
        )
        raise ProblemError(problem) from error
    document = parse_yaml(text, path, trusted_author=True)
    return EarlierRound(
        study=_entry(document, ("study",), str),
        round=_entry(document, ("round",), int),
        sequence=PointSequence(
            seed=_entry(document, ("sequence", "seed"), int),
            used=_entry(document, ("sequence", "used"), int),
            first=_entry(document, ("sequence", "first"), int),
            dimensions=tuple(
                map(str, _entry(document, ("sequence", "dimensions"), list))
            ),
        ),
        points=tuple(
            each
            for each in _entry(document, ("points",), list)
            if isinstance(each, Mapping)
        ),
        hyperparameters=_entry(document, ("hyperparameters",), dict),
        constraints=tuple(
            found
            for each in _entry(document, ("constraints",), list)
            if (found := _constraint(each)) is not None
        ),
    )


def _constraint(entry: Any) -> Constraint | None:
    """A region left out, with the finding that asked for it."""
    if not isinstance(entry, Mapping) or not isinstance(entry.get("powers"), Mapping):
        return None
    powers = {str(k): float(v) for k, v in entry["powers"].items() if is_number(v)}
    above, below = (
        float(value) if is_number(value) else None
        for value in (entry.get("above"), entry.get("below"))
    )
    if not powers or (above is None and below is None):
        return None
    why = "left out in the round before"
    made = Constraint(powers, above, below, Change("", PLAN, why))
    return replace(made, change=Change(f"left out: {made}", PLAN, why))


def _entry(document: Document, place: Place, kind: type) -> Any:
    value: Any = document.data
    for key in place:
        value = value.get(key) if isinstance(value, Mapping) else None
    right = isinstance(value, kind) and not isinstance(value, bool)
    if right and not (kind is int and value < 0):
        return value
    name = ".".join(map(str, place))
    raise ProblemError(
        document.problem(
            place,
            expected=f"`{name}` as `advisor suggest` wrote it",
            found=printable(str(value), limit=80),
            remedy="choose another --output, or remove the file",
        )
    )


def check_study(earlier: EarlierRound, study: Study, path: Path) -> None:
    """Refuses to go on with the round of another study.

    Raises:
        AdvisorError: the file is of another study.
    """
    if earlier.study != study.name:
        raise AdvisorError(
            f"{printable(str(path))}: holds the round of {printable(earlier.study)}, "
            f"not of {printable(study.name)}; choose another --output"
        )


def _same(point: Point, configuration: Mapping[str, Value]) -> bool:
    return bool(point) and all(
        _equal(value, configuration.get(name)) for name, value in point.items()
    )


def _equal(one: Value, other: Value) -> bool:
    if is_number(one) and is_number(other):
        return math.isclose(one, other, rel_tol=_ROUNDING, abs_tol=0.0)
    return one == other
