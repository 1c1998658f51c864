"""Answers that are kept: what a command wrote and printed, for the same question.

An entry counts only if its `StateDigest` is the same. It holds text, images and an exit
code; where files go is said by the command alone, so a forged entry can lie in a report
and no more: what it prints cannot steer a terminal, and it writes nothing elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from advisor.loaders.cache.folder import DIGEST, Folder, digest
from advisor.text import printable
from advisor.written import Written, images_of

MAGIC = b"advisorA"
_WORD = 8  # bytes of a length
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_IMAGE = re.compile(r"[a-z0-9-]+\.png")


class Answer(NamedTuple):
    """What a command does in the end."""

    text: str  # printed
    code: int  # the exit code
    files: tuple[Written, ...] = ()


def get(
    folder: Folder, key: bytes, state: bytes, outputs: Sequence[Path]
) -> Answer | None:
    """The answer that was kept for the command and the state, if there is one."""
    try:
        return decode(folder.read(key), key + state, outputs)
    except (OSError, ValueError):
        return None


def put(
    folder: Folder, key: bytes, state: bytes, outputs: Sequence[Path], answer: Answer
) -> None:
    """Keeps the answer, if an entry can hold it."""
    try:
        folder.write(key, encode(answer, key + state, outputs))
    except (OSError, ValueError):
        return
    folder.tidy()


def encode(answer: Answer, question: bytes, outputs: Sequence[Path]) -> bytes:
    """The bytes of an entry.

    Raises:
        ValueError: text that is not kept, or a file that no output asks for.
    """
    _check(answer.text)
    parts = [digest(question), _number(answer.code), answer.text.encode()]
    for each in answer.files:
        index, image = _place_of(each.path, outputs)
        head = (_number(index), _number(each.appends), image.encode())
        parts += [*head, each.content]
    body = b"".join(_number(len(part)) + part for part in parts)
    return MAGIC + digest(body) + body


def decode(data: bytes, question: bytes, outputs: Sequence[Path]) -> Answer:
    """The answer in an entry.

    Raises:
        ValueError: damaged, forged, or of another question.
    """
    start = len(MAGIC) + DIGEST
    if data[: len(MAGIC)] != MAGIC or data[len(MAGIC) : start] != digest(data[start:]):
        raise ValueError("damaged")
    parts = []
    while start < len(data):
        end = start + _WORD + int.from_bytes(data[start : start + _WORD], "little")
        if end > len(data):
            raise ValueError("damaged")
        parts.append(data[start + _WORD : end])
        start = end
    if len(parts) < 3 or len(parts) % 4 != 3 or parts[0] != digest(question):
        raise ValueError("of another question")
    text = parts[2].decode()
    _check(text)
    files = []
    for i in range(3, len(parts), 4):
        path = _place(int.from_bytes(parts[i], "little"), parts[i + 2], outputs)
        appends = any(parts[i + 1])
        files.append(Written(path, parts[i + 3], appends))
    code = int.from_bytes(parts[1], "little")
    if code not in (0, 1):
        raise ValueError("no exit code")
    return Answer(text, code, tuple(files))


def _number(value: int) -> bytes:
    return int(value).to_bytes(_WORD, "little")


def _check(text: str) -> None:
    """That it steers no terminal: it is as `printable` leaves it, but for colours."""
    plain = _COLOUR.sub("", text).replace("\n", " ")
    if printable(plain, limit=len(plain)) != plain:
        raise ValueError("text that is not printable")


def _place_of(path: Path, outputs: Sequence[Path]) -> tuple[int, str]:
    """Which output it is, or which one's image."""
    for index, output in enumerate(outputs):
        if path == output:
            return index, ""
        if path.parent == images_of(output) and _IMAGE.fullmatch(path.name):
            return index, path.name
    raise ValueError(f"{path} belongs to no output")


def _place(index: int, image: bytes, outputs: Sequence[Path]) -> Path:
    if index >= len(outputs):
        raise ValueError("no such output")
    if not image:
        return outputs[index]
    name = image.decode()
    if not _IMAGE.fullmatch(name):
        raise ValueError("a path that leads elsewhere")
    return images_of(outputs[index]) / name
