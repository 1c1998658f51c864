"""Runs every benchmark, one after the other, and sums them up."""

from __future__ import annotations

import importlib
import pkgutil
import sys
import time

import benchmarks


def main() -> int:
    """Prints every table; exit code 1 if a goal was missed."""
    missed = []
    names = [info.name for info in pkgutil.iter_modules(benchmarks.__path__)]
    for name in sorted(names):
        module = importlib.import_module(f"benchmarks.{name}")
        if not hasattr(module, "main") or (len(sys.argv) > 1 and name not in sys.argv):
            continue
        start = time.perf_counter()
        print(f"\n== {name}: {(module.__doc__ or '').splitlines()[0]}\n", flush=True)
        if module.main() != 0:
            missed.append(name)
        print(f"({time.perf_counter() - start:.0f} s)", flush=True)
    print(f"\nmissed: {', '.join(missed)}" if missed else "\nall goals met")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
