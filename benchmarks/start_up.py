"""Start-up: `advisor` against linters that people already have."""

from __future__ import annotations

import compileall
import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROUNDS = 15
SMALL_LOGS = ROOT / "fixtures" / "keras-csvlogger"
SQL = "SELECT a, b\nFROM t\nWHERE a > 1\n"


def seconds(command: list[str]) -> float:
    """Median wall time of a command over `ROUNDS` rounds, after one to warm up."""
    times = []
    for _ in range(ROUNDS + 1):
        start = time.perf_counter()
        subprocess.run(command, capture_output=True, check=False, cwd=ROOT)
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:])


def tool(name: str) -> str | None:
    """The path of a command in this environment."""
    beside = Path(sys.executable).with_name(name)
    return str(beside) if beside.exists() else shutil.which(name)


def main() -> int:
    """Prints milliseconds and ratios; 1 if a goal is missed."""
    advisor, yamllint, sqlfluff = map(tool, ("advisor", "yamllint", "sqlfluff"))
    assert advisor is not None, "install the project first"
    # As pip leaves the peers; where bytecode is not written, each start would compile.
    compileall.compile_dir(ROOT / "advisor", quiet=1)
    query = ROOT / "bench-results" / "query.sql"
    query.parent.mkdir(exist_ok=True)
    query.write_text(SQL)
    peers = {
        "yamllint --version": yamllint and [yamllint, "--version"],
        "sqlfluff lint": sqlfluff
        and [sqlfluff, "lint", "--dialect", "ansi", str(query)],
    }
    rows = [
        ([advisor, "--version"], "yamllint --version"),
        ([advisor, "rules"], "yamllint --version"),
        ([advisor, "check", str(SMALL_LOGS), "--exit-zero"], "sqlfluff lint"),
    ]
    measured = {name: seconds(command) for name, command in peers.items() if command}
    bare = seconds([sys.executable, "-c", "pass"])
    print(f"bare Python {bare * 1000:.0f} ms; {os.cpu_count()} cores")
    print(f"{'command':32} {'ms':>6}   {'peer':20} {'ms':>6}  {'ratio':>6}")
    missed = False
    for command, peer in rows:
        ours = seconds(command)
        name = " ".join(["advisor", *(Path(part).name for part in command[1:])])
        if peer not in measured:
            print(f"{name:32} {ours * 1000:6.0f}   {peer:20} not installed")
            continue
        theirs = measured[peer]
        print(
            f"{name:32} {ours * 1000:6.0f}   {peer:20} {theirs * 1000:6.0f}  "
            f"{ours / theirs:5.2f}x"
        )
        missed |= ours > theirs
    print("start_up: MISSED (goal: no slower)" if missed else "start_up: ok")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
