"""Message templates: text with `{expression:format}` holes, filled from evidence."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

from advisor.engine.expression import (
    Expression,
    ExpressionError,
    Scope,
    compile_expression,
)

_HOLE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_FORMAT = re.compile(r"\+?,?(\.\d{1,2})?[defgs%]?")
_BARE = re.compile(r".*(\.\d{1,2}d|s)")  # no format of a number
MISSING = "unknown"


@dataclass(frozen=True, slots=True)
class Template:
    """A compiled template. What is filled in is data and is never compiled."""

    text: str
    look_ups: tuple[str, ...]
    _parts: tuple[str | tuple[Expression, str], ...]

    def fill(self, scope: Scope) -> str:
        """The text with every hole filled."""
        return "".join(
            part if isinstance(part, str) else show(part[0].evaluate(scope), part[1])
            for part in self._parts
        )

    def value(self, scope: Scope) -> Any:
        """The bare value where the template is one hole and nothing else, else text."""
        if len(self._parts) == 1 and not isinstance(self._parts[0], str):
            expression, form = self._parts[0]
            if not form:
                return expression.evaluate(scope)
        return self.fill(scope)


def compile_template(text: str) -> Template:
    """Compiles `text`; `{{` and `}}` stand for braces.

    Raises:
        ExpressionError: an unbalanced brace, or a hole outside the language.
    """
    parts: list[str | tuple[Expression, str]] = []
    look_ups: dict[str, None] = {}
    end = 0
    for match in _HOLE.finditer(text):
        parts.append(text[end : match.start()])
        end = match.end()
        if match.group() in ("{{", "}}"):
            parts.append(match.group()[0])
        elif match.group(1) is None:
            raise ExpressionError(f"unbalanced `{match.group()}`; write it twice")
        else:
            expression, form = _hole(match.group(1))
            look_ups |= dict.fromkeys(expression.look_ups)
            parts.append((expression, form))
    parts.append(text[end:])
    return Template(text, tuple(look_ups), tuple(part for part in parts if part != ""))


def show(value: Any, form: str = "") -> str:
    """`value` for people: `form` applies to numbers, text stays as it is."""
    if value is None:
        return MISSING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple | list):
        return ", ".join(show(item, form) for item in value)
    if not isinstance(value, int | float):
        return str(value)
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("∞" if value > 0 else "-∞")
    if form.endswith("d"):
        value = round(value)
    try:
        return format(value, form or ("" if isinstance(value, int) else ".4g"))
    except ValueError:  # digits after the point, for an integer
        return format(float(value), form)
    except OverflowError:  # an integer beyond all floats
        return "∞" if value > 0 else "-∞"


def _hole(inside: str) -> tuple[Expression, str]:
    body, colon, form = inside.rpartition(":")
    if colon and _FORMAT.fullmatch(form) and not _BARE.fullmatch(form):
        return compile_expression(body), form
    if colon and "'" not in inside and '"' not in inside:
        raise ExpressionError(f"`{form}` is not a format; use e.g. .3g , .1% d")
    return compile_expression(inside), ""
