"""Text in a terminal: columns counted, lines wrapped, nothing but text let through."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field

from advisor.text import inert, printable


@dataclass(slots=True)
class Page:
    """Styled lines, none wider than `width` columns."""

    width: int
    lines: list[list[tuple[str, str]]] = field(default_factory=list)  # (text, style)

    def blank(self) -> None:
        """An empty line, unless the page is empty or ends with one."""
        if self.lines and self.lines[-1]:
            self.lines.append([])

    def add(
        self,
        text: str,
        *,
        label: str = "",
        indent: int = 0,
        style: str = "",
        label_style: str = "",
        limit: int = 0,
    ) -> None:
        """Wraps `text` at `indent`; `label` stands before its first line.

        With `limit`, at most so many lines, the last ending in an ellipsis.
        """
        room = max(self.width - indent, 8)
        wrapped = wrap(text, room)
        if limit and len(wrapped) > limit:
            wrapped[limit - 1 :] = [shorten(" ".join(wrapped[limit - 1 :]), room)]
        margin = " " * indent
        for i, line in enumerate(wrapped):
            if i == 0 and label:
                head = inert(printable(label))
                head += " " * max(indent - cells(head), 0)
                self.lines.append([(head, label_style), (line, style)])
            else:
                self.lines.append([(margin, ""), (line, style)])

    def plain(self) -> str:
        """The page without any style."""
        return "".join(
            "".join(text for text, _ in line).rstrip() + "\n" for line in self.lines
        )

    def coloured(self) -> str:
        """The page with colours, as for a terminal of 16 colours."""
        from io import StringIO

        from rich.console import Console
        from rich.text import Text

        console = Console(
            file=StringIO(),
            force_terminal=True,
            color_system="standard",
            no_color=False,
            legacy_windows=False,
            width=self.width,
            _environ={},
        )
        for line in self.lines:
            text = Text()
            for part, style in line:
                text.append(part, style=style or None)
            text.rstrip()
            console.print(text, soft_wrap=True, highlight=False, markup=False)
        file = console.file
        assert isinstance(file, StringIO)
        return file.getvalue()


def cells(text: str) -> int:
    """How many columns a terminal gives to `text`."""
    if text.isascii():
        return len(text)
    return sum(map(_cell, text))


def shorten(text: str, width: int) -> str:
    """`text` in at most `width` columns, with an ellipsis where it was cut."""
    text = printable(text)
    if cells(text) <= width:
        return text
    return _fit(text, width - 1)[0] + "…"


def wrap(text: str, width: int) -> list[str]:
    """Lines of at most `width` columns; a word that is longer is broken."""
    lines: list[str] = []
    line = ""
    for word in printable(text).split():
        joined = f"{line} {word}" if line else word
        if cells(joined) <= width:
            line = joined
            continue
        if line:
            lines.append(line)
        while cells(word) > width:
            head, word = _fit(word, width, at_least=1)
            lines.append(head)
        line = word
    if line or not lines:
        lines.append(line)
    return [inert(each) for each in lines]


def _cell(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _fit(text: str, width: int, *, at_least: int = 0) -> tuple[str, str]:
    """The longest head that fits, and the rest; a head of `at_least` characters."""
    used = 0
    for i, character in enumerate(text):
        used += _cell(character)
        if used > width:
            return text[: max(i, at_least)], text[max(i, at_least) :]
    return text, ""
