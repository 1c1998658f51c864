"""The search space of a study: which entries vary, on which scale, within which bounds.

Bounds are declared (a sweep file, the hparams plugin, advisor.yaml) or only observed,
which is kept apart: the smallest value tried need not be a bound of the search.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from advisor.interpret.configuration import Configuration, HyperparameterSettings
from advisor.interpret.hyperparameter_names import SCIENTIFIC, KeyName, read_key
from advisor.interpret.scales import choose_scale
from advisor.model.log import TrialLog, Value, is_number
from advisor.model.search_space import Domain, Hyperparameter, Role, SearchSpace, Side

_COVERED = 0.5  # an entry that fewer trials have belongs to a few odd ones
_FEW = 4  # trials among which a text that differs everywhere is still a choice


@dataclass(frozen=True, slots=True)
class Searched:
    """A search space and the reasons behind it."""

    space: SearchSpace
    reasons: Mapping[str, str]  # of scale and bounds, by hyperparameter
    guessed: frozenset[str] = frozenset()  # those whose scale only the spacing tells
    left_out: Mapping[str, str] = field(default_factory=dict)  # key: why


def search_space_of(
    logs: Sequence[TrialLog],
    domains: Mapping[str, Domain],
    configuration: Configuration,
) -> Searched:
    """The hyperparameters of the trials in `logs`.

    Raises:
        ConfigurationError: bounds in advisor.yaml that no value lies within.
    """
    columns = _columns(logs)
    left_out: dict[str, str] = {}
    kept: dict[str, tuple[Value, ...]] = {}
    for key, values in columns.items():
        settings = configuration.hyperparameters.get(key)
        reason = _reason_against(read_key(key), values, settings, key in domains)
        if reason is None:
            kept[key] = values
        elif len(set(values)) > 1:
            left_out[key] = reason
    for key, twin in _copies(kept).items():
        left_out[key] = f"the same as {twin} in every trial"
        del kept[key]
    found, reasons, guessed = [], {}, set()
    for key, values in kept.items():
        settings = configuration.hyperparameters.get(key, HyperparameterSettings())
        each, reason, certain = _hyperparameter(
            read_key(key), values, domains.get(key), settings, configuration
        )
        found.append(each)
        reasons[key] = reason
        if not certain:
            guessed.add(key)
    return Searched(SearchSpace(tuple(found)), reasons, frozenset(guessed), left_out)


def _columns(logs: Sequence[TrialLog]) -> dict[str, tuple[Value, ...]]:
    """The values of every key, one a trial, None where a trial lacks it."""
    keys = dict.fromkeys(key for log in logs for key in log.configuration)
    return {key: tuple(log.configuration.get(key) for log in logs) for key in keys}


def _reason_against(
    key: KeyName,
    values: Sequence[Value],
    settings: HyperparameterSettings | None,
    declared: bool,
) -> str | None:
    """Why an entry is no hyperparameter; None if it is one."""
    if settings is not None:
        return "advisor.yaml says so" if settings.ignore else None
    if declared:
        return None
    if key.machinery:
        return "its name is of machinery: seeds, paths, names, logging, devices"
    if key.names_the_problem and all(isinstance(v, str | None) for v in values):
        return "it names the problem, not a way to solve it"
    known = [value for value in values if value is not None]
    if not known:
        return "it has no value"
    if len(known) < _COVERED * len(values):
        return f"only {len(known)} of {len(values)} trials have it"
    texts = all(isinstance(value, str) for value in known)
    if texts and len(known) > _FEW and len(set(known)) > len(known) / 2:
        return "its text differs from trial to trial, as a name does"
    return None


def _copies(columns: Mapping[str, tuple[Value, ...]]) -> dict[str, str]:
    """Keys whose values equal those of another key everywhere, and that key."""
    plainest = sorted(
        columns, key=lambda key: (read_key(key).alias is None, len(key), key)
    )
    first: dict[tuple[Value, ...], str] = {}
    copies = {}
    for key in plainest:
        values = columns[key]
        if len(set(values)) > 1 and first.setdefault(values, key) != key:
            copies[key] = first[values]
    return copies


def _hyperparameter(
    key: KeyName,
    values: Sequence[Value],
    domain: Domain | None,
    settings: HyperparameterSettings,
    configuration: Configuration,
) -> tuple[Hyperparameter, str, bool]:
    """The hyperparameter, why it is read so, and whether that is certain."""
    known = [value for value in values if value is not None]
    choices = settings.choices or (domain.choices if domain is not None else ())
    numbers = [float(v) for v in known if is_number(v)]
    ordered = len(numbers) == len(known) and all(map(is_number, choices))
    varies = len(set(known)) > 1 or len(choices) > 1
    role = settings.role or _role(key, varies=varies, ordered=ordered)
    if not ordered:
        seen = sorted(set(known), key=str)
        return (
            Hyperparameter(
                name=key.key,
                kind="categorical",
                declared=bool(choices),
                choices=tuple(choices) or tuple(seen),
                role=role,
                alias=key.alias,
            ),
            "its choices are declared" if choices else "its values are no numbers",
            True,
        )
    return _ordered(key, numbers, domain, settings, configuration, role)


def _ordered(
    key: KeyName,
    numbers: Sequence[float],
    domain: Domain | None,
    settings: HyperparameterSettings,
    configuration: Configuration,
    role: Role,
) -> tuple[Hyperparameter, str, bool]:
    lower, upper, declared, why = _bounds(key, numbers, domain, settings, configuration)
    choices = settings.choices or (domain.choices if domain is not None else ())
    scale, why_scale, certain = choose_scale(
        key, numbers, lower, upper, domain, settings
    )
    if scale == "log" and lower <= 0:
        lower = min(value for value in numbers if value > 0)
    whole = all(value.is_integer() for value in (*numbers, lower, upper))
    return (
        Hyperparameter(
            name=key.key,
            kind="integer" if whole else "float",
            lower=lower,
            upper=upper,
            scale=scale,
            declared=declared,
            choices=tuple(choices),
            hard=_hard_sides(key, lower, upper, settings),
            role=role,
            alias=key.alias,
            limits=key.limits,
            sampled=domain.scale if domain is not None else None,
        ),
        f"{why}; {why_scale}",
        certain,
    )


def _bounds(
    key: KeyName,
    numbers: Sequence[float],
    domain: Domain | None,
    settings: HyperparameterSettings,
    configuration: Configuration,
) -> tuple[float, float, bool, str]:
    """Lower and upper bound, whether they are declared, and why."""
    least, most = min(numbers), max(numbers)
    said = (settings.lower, settings.upper)
    if said != (None, None) or settings.choices:
        ends = [float(v) for v in settings.choices if is_number(v)] or [least, most]
        lower = said[0] if said[0] is not None else min(ends)
        upper = said[1] if said[1] is not None else max(ends)
        if lower > upper:
            raise configuration.error(
                ("hyperparameters", key.key),
                expected="bounds that hold the values of the trials",
                found=f"{lower:g} to {upper:g}, with values of {least:g} to {most:g}",
                remedy="correct them, or leave them out",
            )
        return lower, upper, True, "advisor.yaml declares its bounds"
    ends = _declared_ends(domain)
    if ends and ends[0] - _slack(ends) <= least and most <= ends[-1] + _slack(ends):
        return min(ends[0], least), max(ends[-1], most), True, "its bounds are declared"
    if ends:
        why = f"values lie outside the declared {ends[0]:g} to {ends[-1]:g}"
        return least, most, False, why
    return least, most, False, "no bounds are declared, these are the values tried"


def _declared_ends(domain: Domain | None) -> list[float]:
    if domain is None:
        return []
    if domain.lower is not None and domain.upper is not None:
        return [domain.lower, domain.upper]
    return sorted(float(value) for value in domain.choices if is_number(value))


def _slack(ends: Sequence[float]) -> float:
    """Event files hold 32-bit numbers, so a value can lie a rounding beyond."""
    return 1e-6 * max(abs(ends[0]), abs(ends[-1]))


def _hard_sides(
    key: KeyName, lower: float, upper: float, settings: HyperparameterSettings
) -> frozenset[Side]:
    """The sides where the search already reaches what the hyperparameter can be."""
    if settings.hard is not None:
        return settings.hard
    least, most = key.limits
    sides: set[Side] = set()
    if least is not None and lower <= least:
        sides.add("lower")
    if most is not None and upper >= most:
        sides.add("upper")
    return frozenset(sides)


def _role(key: KeyName, *, varies: bool, ordered: bool) -> Role:
    if not varies:
        return "fixed"
    return "scientific" if key.alias in SCIENTIFIC and not ordered else "nuisance"
