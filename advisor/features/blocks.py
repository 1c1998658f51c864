"""Curves measured together: what is equally long becomes the rows of one array.

A call of numpy costs as much for one short curve as for fifty. A row is never mixed
with another, so that what is said of a curve does not depend on its neighbours.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar

import numpy as np

from advisor.features.feature import NotEnoughDataError
from advisor.model.curve import FloatArray

ANY_NUMBER = 2048
FEW = 16  # raw curves: of 1,000 points they fit into the cache with their intermediates

Item = TypeVar("Item")
T = TypeVar("T")


def in_blocks(
    items: Iterable[Item],
    key: Callable[[Item], Hashable],
    measure: Callable[[list[Item]], Sequence[T]],
    *,
    most: int = ANY_NUMBER,
) -> list[T]:
    """What `measure` says of the items, called for up to `most` with the same key.

    Raises:
        NotEnoughDataError: as `measure`; see `or_error`.
    """
    known = list(items)
    keys = list(map(key, known))
    if known and len(known) <= most and len(set(keys)) == 1:
        return list(measure(known))
    places: dict[Hashable, list[int]] = {}
    for place, each in enumerate(keys):
        places.setdefault(each, []).append(place)
    results: dict[int, T] = {}
    for alike in places.values():
        for start in range(0, len(alike), most):
            some = alike[start : start + most]
            measured = measure([known[place] for place in some])
            results.update(zip(some, measured, strict=True))
    return [results[place] for place in range(len(known))]


def or_error(
    measure: Callable[[list[Item]], Sequence[T]],
) -> Callable[[list[Item]], Sequence[T | NotEnoughDataError]]:
    """The same, where a block that is too short is an error for each of its items."""

    def attempt(block: list[Item]) -> Sequence[T | NotEnoughDataError]:
        try:
            return measure(block)
        except NotEnoughDataError as error:
            return [error] * len(block)

    return attempt


def the_only(results: Sequence[T | NotEnoughDataError]) -> T:
    """The result of a block of one.

    Raises:
        NotEnoughDataError: if that is the result.
    """
    (result,) = results
    if isinstance(result, NotEnoughDataError):
        raise result
    return result


def rows(arrays: Iterable[FloatArray]) -> FloatArray:
    """Equally long arrays as the rows of one [B, n]."""
    known = list(arrays)
    return np.concatenate(known).reshape(len(known), len(known[0]))


def dots(left: FloatArray, right: FloatArray) -> FloatArray:
    """The scalar product of each row with its row, or with the same vector [B].

    Summed as `left[i] @ right[i]` is, to the last digit.
    """
    products: FloatArray = np.matmul(left[:, None, :], right[..., None])[:, 0, 0]
    return products
