"""Markdown that shows text from logs and never obeys it.

Names from logs stand in code spans, where nothing is markup. Sentences, which may hold
such names, are escaped; what GitHub would turn into a link or a mention is put in a
code span too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from advisor.text import printable

_SPAN = r"(?<!`)`(?P<span>[^`]+)`(?!`)"
_LINK = r"(?P<link>(?:\w+://|www\.|(?<!\w)@\w)[^\s,;()]*)"
_ESCAPED = re.compile(
    r"[\\`*\[\]~|$]|(?<![^\W_])_|_(?![^\W_])|<(?![\s\d=])|&(?=#|\w+;)"
)
_BLOCK = re.compile(
    r"^(?:(#{1,6}(?=\s|$)|[-+](?=\s|$|-)|>)|(\d{1,9})([.)])(?=\s|$)|(=+)$)"
)
_SHORTEST_NAME = 3
BACKSLASH = "\\"


def code(name: object) -> str:
    """`name` in a code span with as many backticks as it takes."""
    text = printable(str(name)).strip()
    if not text:
        return "(empty)"
    longest = max((len(found) for found in re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def text(sentence: str, names: Iterable[str] = (), *, limit: int = 2000) -> str:
    """`sentence` as Markdown that reads the same; `names` in it become code spans.

    Code spans that the sentence already holds are kept. What is longer than `limit`
    characters is cut short.
    """
    sentence = printable(sentence, limit=limit).strip()
    parts: list[str] = []
    end = 0
    for match in _inert(names).finditer(sentence):
        parts += [_escape(sentence[end : match.start()]), code(_body(match))]
        end = match.end()
    parts.append(_escape(sentence[end:]))
    return _BLOCK.sub(_escape_block, "".join(parts))


def cell(markdown: str) -> str:
    """Finished Markdown as a table cell: a pipe must be escaped even in code."""
    return re.sub(
        r"(\\*)\|", lambda run: f"{run[1]}{BACKSLASH[: 1 - len(run[1]) % 2]}|", markdown
    )


def table(header: Sequence[str], rows: Iterable[Sequence[str]], align: str = "") -> str:
    """A table of finished Markdown; `align` has a letter a column: l, r or c."""
    rules = {"l": "---", "r": "---:", "c": ":---:"}
    marks = [rules[letter] for letter in align.ljust(len(header), "l")]
    lines = [[cell(part) for part in row] for row in (header, *rows)]
    lines.insert(1, marks)
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def link(label: str, target: str) -> str:
    """A link to `target`, which is one of ours, under an escaped label."""
    return f"[{text(label)}]({target})"


def image(description: str, path: str) -> str:
    """An image by relative path; spaces and brackets in the path are encoded."""
    return f"![{text(description)}]({quote(path, safe='/')})"


def bullets(items: Iterable[str], indent: int = 0) -> str:
    """A list of finished Markdown."""
    return "\n".join(f"{' ' * indent}- {item}" for item in items)


def _inert(names: Iterable[str]) -> re.Pattern[str]:
    usable = {printable(name).strip() for name in names if len(name) >= _SHORTEST_NAME}
    ordered = sorted(usable - {""}, key=lambda name: (-len(name), name))
    known = "|".join(re.escape(name) for name in ordered)
    parts = [_SPAN, _LINK]
    if known:
        parts.insert(1, rf"(?<![\w/-])(?P<name>{known})(?![\w/-])")
    return re.compile("|".join(parts))


def _body(match: re.Match[str]) -> str:
    return next(value for value in match.groupdict().values() if value is not None)


def _escape(sentence: str) -> str:
    escaped = _ESCAPED.sub(lambda match: "\\" + match.group(), sentence)
    return escaped.replace("::", r":\:")


def _escape_block(match: re.Match[str]) -> str:
    mark, digits, delimiter, underline = match.groups()
    if digits:
        return f"{digits}\\{delimiter}"
    return f"\\{mark or underline}"
