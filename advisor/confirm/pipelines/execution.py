"""One command, run to its end or ended with everything that it started."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from advisor.errors import AdvisorError
from advisor.text import printable

_SHOWN = 2000  # bytes of what a failed command printed


def execute(arguments: Sequence[str], folder: Path, timeout: float) -> None:
    """Runs `arguments` in `folder`, without a shell and without input.

    Raises:
        AdvisorError: it is not found, fails, or takes more than `timeout` seconds.
    """
    shown = printable(shlex.join(arguments))
    with tempfile.TemporaryFile() as output:
        process = _started(arguments, folder, output, shown)
        try:
            code = process.wait(timeout)
        except subprocess.TimeoutExpired as error:
            raise AdvisorError(
                f"{shown}: expected an end within {timeout:g} s, found none; "
                "raise `timeout` below `confirm` in advisor.yaml"
            ) from error
        finally:
            _end(process)
        if code != 0:
            raise AdvisorError(
                f"{shown}: expected exit code 0, found {code}; it printed: "
                f"{_tail(output) or 'nothing'}"
            )


def _started(
    arguments: Sequence[str], folder: Path, output: IO[bytes], shown: str
) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            arguments,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # so that all that it starts can be ended with it
        )
    except OSError as error:
        raise AdvisorError(f"{shown}: {error.strerror or error}") from error
    except ValueError as error:  # a null character in an argument
        raise AdvisorError(f"{shown}: {error}") from error


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        process.wait()


def _tail(output: IO[bytes]) -> str:
    length = output.seek(0, os.SEEK_END)
    output.seek(max(0, length - _SHOWN))
    lines = output.read().decode("utf-8", "replace").splitlines()
    return printable(" | ".join(line.strip() for line in lines if line.strip()))
