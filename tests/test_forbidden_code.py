"""What no module of the package may import or call, whatever it reads."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted((ROOT / "advisor").rglob("*.py"))
CONFIRM, TRAINER = ROOT / "advisor" / "confirm", ROOT / "advisor" / "trainer"

# Modules that execute what they read, unpack without a cap, or reach a database, a
# shell or the network. Loading numpy archives is done by hand in sb3_evaluations.py.
NOWHERE = frozenset(
    {"pickle", "cPickle", "_pickle", "cloudpickle", "dill", "joblib", "shelve"}
    | {"marshal", "code", "codeop", "runpy", "ctypes", "cffi", "pty", "torch"}
    | {"sqlite3", "dbm", "sqlalchemy", "jinja2", "mako", "simpleeval", "asteval"}
    | {"gzip", "bz2", "lzma", "tarfile", "zstandard", "lz4"}
    | {"ssl", "http", "ftplib", "smtplib", "requests", "fsspec", "webbrowser"}
    | {"urllib.request", "xmlrpc", "xml.sax", "xml.dom", "lxml", "logging.config"}
)
ONLY_IN: dict[str, Path] = {
    "subprocess": CONFIRM,
    "socket": CONFIRM,  # only for the machine's name in a lock
    "multiprocessing": CONFIRM,
    "distributed": CONFIRM,
    "tensorflow": TRAINER,
}
BUILTINS = frozenset({"eval", "exec", "compile", "__import__", "breakpoint", "input"})
METHODS = frozenset(
    {"system", "popen", "execv", "execve", "execvp", "execl", "spawnv", "posix_spawn"}
    | {"fork", "read_pickle", "to_pickle", "read_hdf", "read_sql", "unsafe_load"}
    | {"full_load", "load_all", "unsafe_load_all", "full_load_all", "fromfile"}
    | {"query", "eval", "from_string", "format_map", "literal_eval", "import_from_path"}
)
LOADS_OF = frozenset({"yaml", "np", "numpy", "torch", "joblib"})  # `<name>.load(…)`


def identify(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def calls(tree: ast.AST) -> Iterator[str]:
    """Forbidden calls, as written."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in BUILTINS:
            yield node.id
        elif isinstance(node, ast.Attribute):
            owner = ast.unparse(node.value)
            if node.attr in METHODS or (node.attr == "load" and owner in LOADS_OF):
                yield f"{owner}.{node.attr}"


def below(name: str, modules: frozenset[str] | dict[str, Path]) -> str | None:
    parts = name.split(".")
    starts = (".".join(parts[: i + 1]) for i in range(len(parts)))
    return next((start for start in starts if start in modules), None)


@pytest.mark.parametrize("path", MODULES, ids=identify)
def test_nothing_dangerous_is_imported(path: Path) -> None:
    for name in imports(ast.parse(path.read_text("utf-8"))):
        assert below(name, NOWHERE) is None, name
        place = below(name, ONLY_IN)
        assert place is None or ONLY_IN[place] in path.parents, name


@pytest.mark.parametrize("path", MODULES, ids=identify)
def test_nothing_dangerous_is_called(path: Path) -> None:
    found = set(calls(ast.parse(path.read_text("utf-8"))))
    if TRAINER in path.parents:
        found.discard("np.load")  # of arrays that it wrote, without `allow_pickle`
    assert not found


def test_no_database_is_read() -> None:
    """Not even with `mode=ro`: there is no loader of one, and no module for it."""
    from advisor.loaders.known import known_loaders

    for loader in known_loaders():
        for name in ("study.db", "optuna.sqlite3", "mlflow.db"):
            assert not loader.claims(ROOT / "none" / name, b"SQLite format 3\0")


@pytest.mark.parametrize(
    "text",
    [
        "import pickle",
        "from concurrent import futures\nfrom shelve import open",
        "import urllib.request",
        "from urllib import request",
        "def f():\n    import sqlite3.dbapi2",
    ],
)
def test_the_test_finds_imports(text: str) -> None:
    assert any(below(name, NOWHERE) for name in imports(ast.parse(text)))


@pytest.mark.parametrize(
    "text", ["eval('1')", "f = exec", "yaml.load(x)", "np.load(x)", "os.system('x')"]
)
def test_the_test_finds_calls(text: str) -> None:
    assert list(calls(ast.parse(text)))
