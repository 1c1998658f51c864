"""Reads a rule file and locates every mistake at its line and column."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from advisor.engine import rule_schema as schema
from advisor.engine.confirm_part import ConfirmPart, CounterfactualPart, ReproducePart
from advisor.errors import Problem, ProblemError, RuleError
from advisor.safe_yaml import Document, Place, parse_yaml

_ERROR_PATH = re.compile(r" - at `\$(.*)`$")
_PATH_PART = re.compile(r"\[(\d+)\]|\.([A-Za-z_]+)|\[\.\.\.\]")
_UNKNOWN_FIELD = re.compile(r"unknown field `([^`]*)`")

_T = TypeVar("_T")


def read_rule(path: Path) -> tuple[schema.RuleFile, Document]:
    """The parts of a rule file, checked for shape only.

    Raises:
        RuleError: unreadable, malformed YAML, an unknown or missing key, a value of a
            wrong type.
    """
    try:
        document = parse_yaml(path.read_text("utf-8"), path, trusted_author=True)
    except (OSError, UnicodeDecodeError) as error:
        remedy = "save it as UTF-8, and check its rights"
        raise RuleError(Problem(path, "readable text", f"{error}", remedy)) from error
    except ProblemError as error:
        raise RuleError(error.problem) from error
    source = _convert(document, document.data, schema.RuleFile, ())
    _convert(document, source.confirm, ConfirmPart, ("confirm",))
    if source.id != path.stem:
        raise rule_error(
            document, ("id",), f"`{path.stem}`, the file's name", f"`{source.id}`"
        )
    return source, document


def _convert(document: Document, data: Any, kind: type[_T], place: Place) -> _T:
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        text = str(error)
        match = _ERROR_PATH.search(text)
        where = _narrow(data, _place(match.group(1)) if match else (), text)
        unknown = _UNKNOWN_FIELD.search(text)
        if unknown:
            known = _fields_at(kind, where)
            raise unknown_name(
                document, (*place, *where, unknown.group(1)), unknown.group(1), known
            ) from error
        message = text[: match.start()] if match else text
        raise rule_error(
            document, (*place, *where), "a valid rule file", message
        ) from error


def _place(path: str) -> Place:
    parts: list[str | int] = []
    for match in _PATH_PART.finditer(path):
        index, name = match.group(1), match.group(2)
        parts.append(int(index) if index else name or "...")
    return tuple(parts)


def _narrow(data: Any, place: Place, text: str) -> Place:
    """Resolves `[...]` (some value of a mapping) to the key that is at fault."""
    if "..." not in place:
        return place
    i = place.index("...")
    mapping: Any = data
    for part in place[:i]:
        mapping = mapping[part]
    kind = {"parameters": schema.ParameterPart, "features": schema.FeaturePart}.get(
        str(place[0])
    )
    for key, value in mapping.items():
        try:
            msgspec.convert(value, kind or Any)
        except msgspec.ValidationError:
            return (*place[:i], key, *place[i + 1 :])
    return place[:i]


def _fields_at(kind: Any, place: Place) -> list[str]:
    """The keys that are valid at a place of a rule file."""
    parts: Mapping[str, type[msgspec.Struct]] = {
        "parameters": schema.ParameterPart,
        "features": schema.FeaturePart,
        "requires": schema.RequirementPart,
        "inconclusive": schema.InconclusivePart,
        "severity": schema.SeverityPart,
        "message": schema.MessagePart,
        "caveats": schema.CaveatPart,
        "advice": schema.AdvicePart,
        "next_round": schema.EditPart,
        "meanwhile": schema.EditPart,
        "yields_to": schema.YieldPart,
        "asks": schema.QuestionPart,
        "reproduce": ReproducePart,
        "counterfactual": CounterfactualPart,
    }
    struct = parts.get(str(place[0]), kind) if place else kind
    return [field.encode_name for field in msgspec.structs.fields(struct)]


def rule_error(
    document: Document, place: Place, expected: str, found: str
) -> RuleError:
    """The error for what stands at `place`."""
    return RuleError(
        document.problem(
            place, expected=expected, found=found, remedy="mend the rule file there"
        )
    )


def unknown_name(
    document: Document, place: Place, name: str, known: Iterable[str]
) -> RuleError:
    """The error for a name outside `known`, with the nearest valid one."""
    names = list(known)
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    remedy = f"did you mean `{near[0]}`?" if near else "use one of these"
    return RuleError(
        document.problem(
            place,
            expected=f"one of {', '.join(names)}",
            found=f"`{name}`",
            remedy=remedy,
        )
    )
