"""Any bytes, and whole files with some bytes changed, for every parser there is."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from advisor.errors import AdvisorError
from advisor.loaders.cache.entry import MAGIC, Content, checksum
from advisor.loaders.cache.reading import decode
from advisor.loaders.cache.store import switched_off
from advisor.loaders.collect import collect
from advisor.loaders.known import known_loaders
from fuzz.seeds import ROOT, seeds
from fuzz.targets import LOGS, READERS, TARGETS, tree

MOST = 4000  # bytes of a changed seed, so that a hang is a mistake and no long input


@st.composite
def damaged(draw: st.DrawFn, name: str) -> bytes:
    """A seed that was cut, changed in places, or has something put into it."""
    content = bytearray(draw(st.sampled_from(list(seeds(name))))[:MOST])
    for _ in range(draw(st.integers(0, 6))):
        place = draw(st.integers(0, len(content)))
        kind = draw(st.sampled_from(["cut", "byte", "token", "repeat"]))
        if kind == "cut":
            del content[place : place + draw(st.integers(1, 40))]
        elif kind == "byte":
            content[place : place + 1] = bytes([draw(st.integers(0, 255))])
        elif kind == "token":
            content[place:place] = draw(TOKENS)
        else:
            content[place:place] = content[place : place + draw(st.integers(1, 80))]
    return bytes(content)


TOKENS = st.sampled_from(
    [
        *(b"\0", b"\xff\xff\xff\xff\xff\xff\xff\xff\x7f", b"\n", b"\r", b'"', b"'"),
        *(b",", b"-", b"#", b"NaN", b"Infinity", b"-1e999", b"1e400", b"9" * 400),
        *(b"null", b"true", b"~", b"{}", b"[]", b"[" * 60, b"{" * 60, b'{"a":' * 60),
        *(
            b"- " * 60,
            b"&a",
            b"*a",
            b"!t ",
            b": ",
            b"?",
            b"|",
            b">",
            b"%",
            b"@",
            b"1_1",
        ),
        *(b"\xef\xbb\xbf", b"\xff\xfe", b"\xed\xa0\x80", b"::error::"),
        "\u202e\u2028\x1b]0;x\x07".encode(),
    ]
)


@pytest.mark.parametrize("name", TARGETS)
def test_nothing_breaks(name: str) -> None:
    @settings(
        max_examples=60,
        deadline=20_000,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.binary(max_size=300) | damaged(name) | damaged(name))
    def run(content: bytes) -> None:
        TARGETS[name](content)

    for content in seeds(name):
        TARGETS[name](content)
    run()


def test_every_module_that_a_target_needs_is_imported_before_it_runs() -> None:
    """Else the fuzzer gets no word of what its bytes reach there."""
    code = (
        "import sys\n"
        "from fuzz.parsers import import_parsers\n"
        "from fuzz.seeds import seeds\n"
        "from fuzz.targets import TARGETS\n"
        "import_parsers()\n"
        "before = set(sys.modules)\n"
        "for name, target in TARGETS.items():\n"
        "    for content in seeds(name):\n"
        "        target(content)\n"
        "late = set(sys.modules) - before\n"
        "print(sorted(name for name in late if name.startswith('advisor')))\n"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("name", LOGS)
def test_every_target_begins_with_a_file_that_is_read(name: str) -> None:
    def logs_of(content: bytes) -> str:
        with tree(LOGS[name]) as folder, switched_off():
            (folder / LOGS[name]).write_bytes(content)
            logs = collect([folder])
            told = repr((logs.trials, logs.declarations))
            return told.replace(str(folder), "").replace(folder.name, "")

    nothing = logs_of(b"")
    assert any(logs_of(content) != nothing for content in seeds(name))


@pytest.mark.parametrize("name", READERS)
def test_every_reader_begins_with_a_file_that_it_accepts(
    name: str, tmp_path: Path
) -> None:
    file, read = READERS[name]
    accepted = 0
    for content in seeds(name):
        (tmp_path / file).write_bytes(content)
        with suppress(AdvisorError):
            accepted += bool(read(tmp_path / file))
    assert accepted


def test_the_cache_begins_with_an_entry_that_is_read() -> None:
    content = next(seeds("cache-entry"))
    known = Content((0, 0, 0, 0, 0), b"")
    data = MAGIC + checksum(content) + content
    reading = decode(Path("a/b/c.csv"), b"", known, data)
    assert len(reading.parts) == 2


def test_every_loader_is_fuzzed() -> None:
    claimed = set()
    for name, file in LOGS.items():
        for content in seeds(name):
            with tree(file) as folder:
                path = folder / file
                path.write_bytes(content)
                claimed |= {
                    loader.NAME
                    for loader in known_loaders()
                    if loader.claims(path, content[:4096])
                }
    assert {loader.NAME for loader in known_loaders()} - claimed == set()
