"""Names cut into words: `valLoss`, `val_loss` and `Val/Loss` read the same."""

from __future__ import annotations

import re
from collections.abc import Set
from functools import lru_cache

_CHUNK = re.compile(r"[A-Za-z0-9]+")
_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_GLUED = ("validation", "valid", "training", "train", "eval", "test", "val", "epoch")


def words(name: str, vocabulary: Set[str]) -> tuple[str, ...]:
    """The lower-case words and numbers of `name`.

    A word of the vocabulary is never cut, so `mAP50` is `map 50` and not `m ap 50`; a
    leading `val`, `train` and the like is cut from one, as in `valloss`.
    """
    return _words(name, frozenset(vocabulary))


@lru_cache(maxsize=65_536)
def _words(name: str, vocabulary: frozenset[str]) -> tuple[str, ...]:
    found: list[str] = []
    for chunk in _CHUNK.findall(name):
        found.extend(_of_chunk(chunk, vocabulary))
    return tuple(found)


def _of_chunk(chunk: str, vocabulary: frozenset[str]) -> list[str]:
    lower = chunk.lower()
    if lower in vocabulary or lower.isdigit():
        return [lower]
    base = lower.rstrip("0123456789")
    if base in vocabulary:
        return [base, lower[len(base) :]]
    for start in _GLUED:
        rest = lower.removeprefix(start)
        if rest != lower and rest in vocabulary:
            return [start, rest]
    return [piece.lower() for piece in _CAMEL.findall(chunk)]
