"""Runs one target under atheris: `python -m fuzz NAME [options of libFuzzer]`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["advisor"]):
    from fuzz.parsers import import_parsers
    from fuzz.seeds import seeds
    from fuzz.targets import TARGETS

    import_parsers()

MEMORY = Path("/dev/shm")  # half of the time goes into the folders of a try


def main() -> None:
    """Seeds the corpus below fuzz/corpus, which grows from one time to the next."""
    names = sys.argv[1:2]
    if names == ["--list"]:
        print("\n".join(TARGETS))
        return
    if not names or names[0] not in TARGETS:
        sys.exit(f"expected a target, one of: {', '.join(TARGETS)}")
    name = names[0]
    corpus = Path(__file__).with_name("corpus") / name
    corpus.mkdir(parents=True, exist_ok=True)
    for number, content in enumerate(seeds(name)):
        (corpus / f"seed-{number}").write_bytes(content)
    limits = ["-timeout=20", "-rss_limit_mb=2048", "-max_len=20000"]
    found = [f"-artifact_prefix={corpus.parent / name}-found-"]
    if MEMORY.is_dir():
        tempfile.tempdir = str(MEMORY)
    atheris.Setup(["fuzz", *limits, *found, *sys.argv[2:], str(corpus)], TARGETS[name])
    atheris.Fuzz()


main()
