"""One mapping of a configuration file, read with checks that know their line."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from advisor.errors import ConfigurationError
from advisor.model.log import Value, is_number
from advisor.safe_yaml import Document, Place


@dataclass(frozen=True, slots=True)
class Entries:
    """The keys and values at `place` of `document`."""

    document: Document
    place: Place
    data: Mapping[str, Any]

    @classmethod
    def of(cls, document: Document, place: Place = (), data: Any = None) -> Entries:
        """The root of a document, or `data` at `place`; nothing written is empty."""
        data = document.data if place == () else data
        entries = cls(document, place, {})
        if data is None:
            return entries
        if not isinstance(data, dict):
            raise entries.error(
                None, "a mapping (`key: value`)", described(data), "write keys below it"
            )
        return cls(document, place, data)

    def error(
        self, key: str | int | None, expected: str, found: str, remedy: str
    ) -> ConfigurationError:
        """A mistake at `key`, or at the mapping itself."""
        place = self.place if key is None else (*self.place, key)
        problem = self.document.problem(
            place, expected=expected, found=found, remedy=remedy
        )
        return ConfigurationError(problem)

    def only(self, known: Iterable[str]) -> None:
        """Refuses keys that are not known, and names the nearest."""
        names = tuple(known)
        for key in self.data:
            if key not in names:
                near = difflib.get_close_matches(key, names, n=1, cutoff=0.5)
                remedy = f"did you mean `{near[0]}`?" if near else "remove it"
                raise self.error(key, f"one of {', '.join(names)}", f"`{key}`", remedy)

    def __iter__(self) -> Iterator[str]:
        return iter(self.data)

    def has(self, key: str) -> bool:
        """Whether something is written at `key`."""
        return self.data.get(key) is not None

    def section(self, key: str) -> Entries:
        """The mapping at `key`; empty if there is none."""
        return Entries.of(self.document, (*self.place, key), self.data.get(key))

    def sections(self, key: str) -> tuple[Entries, ...]:
        """The list of mappings at `key`."""
        place = (*self.place, key)
        return tuple(
            Entries.of(self.document, (*place, i), each)
            for i, each in enumerate(self._list(key, "mappings"))
        )

    def texts(self, key: str) -> tuple[str, ...]:
        """One text, or a list of them."""
        value = self.data.get(key)
        if isinstance(value, str):
            return (value,)
        items = self._list(key, "texts")
        for item in items:
            if not isinstance(item, str):
                raise self.error(
                    key, "a list of texts", described(item), 'quote it: "…"'
                )
        return tuple(items)

    def text(self, key: str) -> str | None:
        """A text; numbers that were meant as one are accepted."""
        value = self.data.get(key)
        if value is None or isinstance(value, str):
            return value
        if is_number(value):
            return str(value)
        raise self.error(key, "a text", described(value), 'quote it: "…"')

    def one_of(self, key: str, options: tuple[str, ...]) -> str | None:
        """One of a few words."""
        value = self.data.get(key)
        if value is None or value in options:
            return value
        near = difflib.get_close_matches(str(value), options, n=1, cutoff=0.3)
        raise self.error(
            key,
            " or ".join(f"`{option}`" for option in options),
            described(value),
            f"write `{key}: {near[0] if near else options[0]}`",
        )

    def number(self, key: str) -> float | None:
        """A number."""
        value = self.data.get(key)
        if value is None:
            return None
        if not is_number(value):
            raise self.error(key, "a number", described(value), f"e.g. {key}: 0.1")
        return float(value)

    def boolean(self, key: str) -> bool:
        """True or false; false if not written."""
        value = self.data.get(key)
        if value is not None and not isinstance(value, bool):
            raise self.error(
                key, "true or false", described(value), f"write `{key}: true`"
            )
        return bool(value)

    def value(self, key: str) -> Value:
        """A number, text, true, false or nothing."""
        value = self.data[key]
        if isinstance(value, list | dict):
            raise self.error(
                key, "a single value", described(value), "write one number or text"
            )
        plain: Value = value if isinstance(value, Value) else str(value)
        return plain

    def values(self, key: str) -> tuple[Value, ...]:
        """A list of single values."""
        items = self._list(key, "values")
        for item in items:
            if isinstance(item, list | dict):
                raise self.error(
                    key, "a list of single values", described(item), "flatten it"
                )
        return tuple(items)

    def _list(self, key: str, of: str) -> list[Any]:
        value = self.data.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.error(
                key, f"a list of {of}", described(value), f"write {key}: […]"
            )
        return value


def described(value: Any) -> str:
    """A value as an error message shows it."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return f"`{str(value)[:60]}`"
