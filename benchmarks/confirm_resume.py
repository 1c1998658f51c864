"""`advisor confirm`, killed at random moments and called again: the same report."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SWEEP = ROOT / "fixtures" / "trainer-sweep"
FINDINGS = ("optimum-at-boundary", "diverged-29c1ce", "problematic-overfitting-3ca425")
KILLS = 20
SEED = 1
CALL = "from advisor.cli import main; main()"


def command(workdir: Path, report: Path) -> list[str]:
    """A call that tests a few findings of the shipped sweep."""
    only = [part for each in FINDINGS for part in ("--only", each)]
    options = ["--workdir", str(workdir), "--output", str(report), "--budget", "1h"]
    call = [sys.executable, "-P", "-c", CALL, "confirm", str(SWEEP)]
    return [*call, *only, *options, "--no-plots"]


def started(arguments: list[str]) -> subprocess.Popen[bytes]:
    """In a process group of its own, so that all of it can be killed."""
    return subprocess.Popen(
        arguments,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
    )


def main() -> int:
    """Prints how far each killed call came; 1 if the reports differ."""
    rng = random.Random(SEED)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        start = time.perf_counter()
        if started(command(place / "whole", place / "whole.md")).wait() != 0:
            print("the undisturbed call failed")
            return 1
        whole = time.perf_counter() - start
        print(f"undisturbed: {whole:.0f} s")
        killed = 0
        # Half of the kills fall into a first call, others into what is left of it.
        while killed < KILLS:
            call = started(command(place / "killed", place / "killed.md"))
            try:
                call.wait(timeout=rng.uniform(0.05, 0.6) * whole)
            except subprocess.TimeoutExpired:
                os.killpg(call.pid, signal.SIGKILL)
                call.wait()
                killed += 1
                kept = len(list((place / "killed" / "trials").glob("[!.]*")))
                print(f"kill {killed}: {kept} batches kept", flush=True)
                continue
            # It ended before it was killed: begin anew, so that all kills count.
            if (place / "killed.md").read_bytes() != (place / "whole.md").read_bytes():
                break
            (place / "killed").rename(place / f"done-{killed}")
        started(command(place / "killed", place / "killed.md")).wait()
        same = (place / "killed.md").read_bytes() == (place / "whole.md").read_bytes()
    print(f"after {killed} kills the report is {'the same' if same else 'another'}")
    return int(not same)


if __name__ == "__main__":
    sys.exit(main())
