"""The edits of a rule, checked when it is loaded: kind, target and arguments."""

from __future__ import annotations

from typing import Any

import msgspec

from advisor.engine.rule_reading import rule_error, unknown_name
from advisor.engine.rule_schema import EDITS, EditPart, RuleFile
from advisor.model.edits import KINDS, PLAN_QUANTITIES, arguments_of, required_of
from advisor.safe_yaml import Document, Place


def check_edits(source: RuleFile, document: Document) -> None:
    """Every edit of the rule; what a template fills in is checked when it is filled.

    Raises:
        RuleError: an unknown kind, target or argument, a missing one, a wrong type.
    """
    for key in EDITS:
        for i, edit in enumerate(getattr(source, key)):
            place: Place = (key, i)
            if edit.edit not in KINDS:
                raise unknown_name(document, (*place, "edit"), edit.edit, KINDS)
            _check_target(edit, document, (*place, "target"))
            _check_arguments(edit, document, place)


def _check_target(edit: EditPart, document: Document, place: Place) -> None:
    target = edit.target
    if edit.edit in ("set", "multiply"):
        if not _is_template(target) and target not in PLAN_QUANTITIES:
            raise unknown_name(document, place, target, PLAN_QUANTITIES)
    elif (edit.edit == "trials") != (target == ""):
        expected = "an empty target" if edit.edit == "trials" else "a target"
        raise rule_error(document, place, expected, f"`{target}`")


def _check_arguments(edit: EditPart, document: Document, place: Place) -> None:
    known = arguments_of(edit.edit)
    for name, value in edit.with_.items():
        if name not in known:
            raise unknown_name(document, (*place, "with", name), name, known)
        if _has_template(value):
            continue
        try:
            msgspec.convert(value, known[name])
        except msgspec.ValidationError as error:
            raise rule_error(
                document,
                (*place, "with", name),
                f"an argument of `{edit.edit}`",
                str(error),
            ) from error
    for name in required_of(edit.edit):
        if name not in edit.with_:
            raise rule_error(document, place, f"`{name}`", f"no `{name}`")


def _has_template(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_has_template, (*value.keys(), *value.values())))
    if isinstance(value, list):
        return any(map(_has_template, value))
    return _is_template(value)


def _is_template(value: Any) -> bool:
    return isinstance(value, str) and "{" in value
