"""A check that was made before of the same things, by the same command.

Nothing is imported here that takes time: a second check is over before the packages
that a first one needs would be loaded.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import advisor
from advisor.cli_options import Output
from advisor.engine.rule_paths import builtin_directory
from advisor.errors import AdvisorError
from advisor.loaders.cache import answer as answers
from advisor.loaders.cache.answer import Answer
from advisor.loaders.cache.folder import Folder, digest, is_settled, open_folder
from advisor.loaders.cache.state import StateDigest, UnknowableError
from advisor.loaders.surroundings import changed, passing
from advisor.written import images_of

CONFIGURATIONS = ("advisor.yaml", "pyproject.toml")
_METADATA = (".dist-info", ".egg-info", ".pth")
_VARIABLES = (
    *("ADVISOR_", "PYTHON", "LC_", "LANG", "TZ", "NO_COLOR"),
    *("OMP_", "OPENBLAS_", "MKL_", "BLIS_", "NPY_"),  # how sums are split up
)


def answered(
    options: Mapping[str, Any], conclude: Callable[[], Answer], *, color: bool
) -> Answer:
    """What `check` says with these options; `conclude` finds it where it must."""
    question = _open_question(options, color=color)
    if question is None:
        return conclude()
    answer = question.answer()
    if answer is None:
        with question.watched():
            answer = conclude()
        question.keep(answer)
    return answer


def _open_question(options: Mapping[str, Any], *, color: bool) -> Question | None:
    """None where nothing is kept."""
    paths: tuple[Path, ...] = options["paths"]
    folder = open_folder([path if path.is_dir() else path.parent for path in paths])
    if folder is None:
        return None
    try:
        return Question(folder, options, color=color)
    except (AdvisorError, UnknowableError, OSError, ValueError):
        return None  # said by the check itself, if it matters


class Question:
    """A command, and the state of all that its answer depends on."""

    def __init__(
        self, folder: Folder, options: Mapping[str, Any], *, color: bool
    ) -> None:
        self._folder = folder
        self._options = options
        outputs: Sequence[Output] = options["outputs"]
        self._outputs = tuple(output.path for output in outputs)
        command = (os.getcwd(), sorted(options.items()), color)
        self._key = digest(repr(command).encode())
        self._state, newest = self._look()
        self._settled = is_settled(newest)
        self._said = False

    def answer(self) -> Answer | None:
        """The one that was given before, if everything is as it was then."""
        return answers.get(self._folder, self._key, self._state, self._outputs)

    @contextmanager
    def watched(self) -> Iterator[None]:
        """While the answer is found: whether it can be kept is seen by what happens."""
        stream = sys.stderr
        listening = _Listening(stream)
        with passing() as found:
            # A terminal shows progress, which is no part of an answer.
            if not stream.isatty():
                sys.stderr = listening
            try:
                yield
            finally:
                sys.stderr = stream
        self._said = listening.heard or bool(found)

    def keep(self, answer: Answer) -> None:
        """For the next time, unless something changed meanwhile or may have."""
        if not self._settled or self._said:
            return
        try:
            state, _ = self._look()
        except (AdvisorError, UnknowableError, OSError, ValueError):
            return
        if state == self._state:
            answers.put(self._folder, self._key, state, self._outputs, answer)

    def _look(self) -> tuple[bytes, int]:
        state = StateDigest(self._own())
        _look_at_program(state)
        state.add("day", int(time.time() // 86_400))
        state.add("here", [(each / ".git").exists() for each in _upwards(Path.cwd())])
        if self._options["baseline"] is not None:
            state.file(self._options["baseline"])
        for folder in self._rule_folders(list(self._configurations(state))):
            state.stamps(folder)
        state.given(self._options["paths"])
        return state.digest(), state.newest

    def _own(self) -> Iterator[Path]:
        """Files that it will write, if they are there."""
        for path in self._outputs:
            yield path
            images = images_of(path)
            if images.is_dir():
                yield from (images / name for name in os.listdir(images))

    def _configurations(self, state: StateDigest) -> Iterator[bytes]:
        """Every file that could be it, wherever the search would end."""
        if self._options["config"] is not None:
            yield state.file(self._options["config"])
            return
        for origin in (self._options["paths"][0], Path.cwd()):
            for folder in _upwards(origin):
                state.existence(folder / ".git")
                for name in CONFIGURATIONS:
                    yield state.file(folder / name)

    def _rule_folders(self, texts: Sequence[bytes]) -> Sequence[Path]:
        """Rules of the user's own; only a file that may name some is parsed."""
        if not any(b"folders" in text or b"\\" in text for text in texts):
            return ()
        from advisor.interpret.configuration import load_configuration

        paths = self._options["paths"]
        return load_configuration(paths[0], self._options["config"]).rule_folders


class _Listening:
    """A stream that knows whether anything was written to it."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self.heard = False

    def write(self, text: str) -> int:
        self.heard = True
        return self._stream.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _look_at_program(state: StateDigest) -> None:
    """The code, the rules that ship with it, Python, and all that is installed."""
    state.stamps(Path(advisor.__file__).parent)
    state.stamps(builtin_directory())
    state.add(sys.version, sys.platform, sys.flags, sys.warnoptions, sys.prefix)
    state.add(sys.getfilesystemencoding(), time.tzname, sys.path)
    for place in sys.path:
        state.add(place, _installed(place))
    state.add(
        sorted(each for each in os.environ.items() if each[0].startswith(_VARIABLES))
    )


def _installed(place: str) -> list[tuple[str, int]]:
    """The packages there: the folders of their metadata are named by version."""
    try:
        names = os.listdir(place or ".")  # as Python does to find modules
    except OSError:
        return []
    metadata = (each for each in names if each.endswith(_METADATA))
    return sorted((name, changed(os.path.join(place, name))) for name in metadata)


def _upwards(origin: Path) -> tuple[Path, ...]:
    folder = origin.resolve()
    return (folder, *folder.parents)
