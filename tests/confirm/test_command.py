"""The user's own command, from flagged logs to a verdict, through the command line."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import pytest

from advisor.confirm.pipelines.execution import execute
from advisor.errors import AdvisorError
from tests.confirm.fake_pipeline import HEALTHY, OVERFITTING
from tests.confirm.project import USUAL, calls, configure, confirm, set_everywhere


def test_confirmed_by_the_users_command(project: Path) -> None:
    configure(project / "advisor.yaml", "train.py", *USUAL)
    result = confirm("--format", "markdown")
    assert result.exit_code == 0, result.output
    assert "### Confirmed: problematic-overfitting" in result.output
    assert "it came back with 6 of 6 seeds; with `dropout = 0.5`" in result.output
    assert "the command has no placeholder for weight_decay" in result.output
    assert len(calls(project)) == 12
    assert {tuple(each[:3]) for each in calls(project)} == {
        ("width=200", dropout, f"seed={10_000 + i}")
        for dropout in ("dropout=0.0", "dropout=0.5")
        for i in range(6)
    }
    assert confirm("--format", "markdown").output == result.output
    assert len(calls(project)) == 12


def test_edited_code_trains_again(project: Path) -> None:
    configure(project / "advisor.yaml", "train.py", *USUAL)
    confirm()
    script = project / "train.py"
    script.write_text(script.read_text("utf-8") + "# edited\n", "utf-8")
    confirm()
    assert len(calls(project)) == 24


def test_placeholders_by_alias(project: Path) -> None:
    """`hidden_units` and `drop_rate` are the field's width and dropout."""
    arguments = ("width={hidden_units}", "dropout={drop_rate}", *USUAL[2:])
    configure(project / "advisor.yaml", "train.py", *arguments)
    for i, settings in enumerate((HEALTHY, OVERFITTING)):
        path = project / "logs" / f"t{i}" / "config.json"
        renamed = {"hidden_units": settings["width"], "drop_rate": settings["dropout"]}
        path.write_text(json.dumps(renamed), "utf-8")
    assert "Confirmed in the same pipeline" in confirm().output


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("width={width}", *USUAL[2:]), "the command has no placeholder for dropout"),
        (("width={wdth}", *USUAL[1:]), "the configuration of t1 has no wdth"),
    ],
)
def test_what_the_command_cannot_take_is_said(
    project: Path, arguments: tuple[str, ...], reason: str
) -> None:
    configure(project / "advisor.yaml", "train.py", *arguments)
    result = confirm("--dry-run")
    assert result.exit_code == 0
    assert reason in result.output
    assert calls(project) == []


def test_dry_run_shows_the_command_and_runs_nothing(project: Path) -> None:
    configure(project / "advisor.yaml", "train.py", "note=a b", *USUAL)
    result = confirm("--dry-run")
    assert result.exit_code == 0
    assert (
        f"again: {sys.executable} train.py 'note=a b' width=200 dropout=0.0 "
        "seed=10000 directory=DIRECTORY" in result.output
    )
    assert calls(project) == []
    assert not (project / "advisor-confirm").exists()


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("print('no gpu'); exit(3)", "exit code 0, found 3; it printed: no gpu"),
        ("print('a\\n  b\\n'); exit(3)", "it printed: a | b"),
        ("pass", "expected the log of one trial, found 0 trials"),
        (
            "import shutil, sys; shutil.rmtree(sys.argv[-1].partition('=')[2])",
            "expected the log of one trial, found 0 trials",
        ),
    ],
)
def test_a_command_that_fails_is_a_clear_error(
    project: Path, script: str, said: str
) -> None:
    working = (project / "train.py").read_text("utf-8")
    (project / "train.py").write_text(script, "utf-8")
    configure(project / "advisor.yaml", "train.py", *USUAL)
    result = confirm()
    assert result.exit_code == 2
    assert said in result.output
    assert "Traceback" not in result.output
    # Nothing of it stays behind once the command is mended.
    (project / "train.py").write_text(working, "utf-8")
    assert "Confirmed" in confirm().output


def test_interrupted_by_the_user_it_says_how_to_go_on(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    configure(project / "advisor.yaml", "train.py", *USUAL)
    with monkeypatch.context() as patch:
        patch.setattr("advisor.confirm.pipelines.command.execute", interrupt)
        result = confirm()
    assert result.exit_code == 2
    assert "kept in advisor-confirm, and the same call goes on" in result.output
    assert "Confirmed" in confirm().output


def test_output_is_cut_to_its_end(project: Path) -> None:
    (project / "train.py").write_text("print('x' * 10**6 + 'END'); exit(1)", "utf-8")
    configure(project / "advisor.yaml", "train.py", *USUAL)
    output = confirm().output
    assert output.rstrip().endswith("xxxEND")
    assert len(output) < 4000


def test_a_missing_program(project: Path) -> None:
    configure(project / "advisor.yaml", command=["no-such-program", *USUAL])
    result = confirm()
    assert result.exit_code == 2
    assert "no-such-program width=200" in result.output
    assert "No such file or directory" in result.output


def test_a_timeout_ends_everything_that_was_started(project: Path) -> None:
    """A grandchild would hold the output open for a minute."""
    script = (
        "import subprocess, sys\n"
        "subprocess.run([sys.executable, '-c', 'import time; time.sleep(60)'])"
    )
    (project / "train.py").write_text(script, "utf-8")
    configure(project / "advisor.yaml", "train.py", *USUAL, timeout=0.5)
    began = time.monotonic()
    result = confirm()
    assert time.monotonic() - began < 20
    assert result.exit_code == 2
    assert "expected an end within 0.5 s, found none; raise `timeout`" in result.output


NASTY = "$(touch hacked); `touch hacked` | & > hacked {seed} {directory} * \" ' \\"


def test_no_shell_reads_values(project: Path) -> None:
    configure(project / "advisor.yaml", "train.py", "note={optimizer}", *USUAL)
    set_everywhere(project, {"optimizer": NASTY})
    assert "Confirmed" in confirm().output
    assert {each[0] for each in calls(project)} == {f"note={NASTY}"}
    assert not (project / "hacked").exists()


@pytest.mark.parametrize("value", ["--config=/tmp/x", "-rf"])
def test_text_from_logs_is_never_an_option(project: Path, value: str) -> None:
    configure(project / "advisor.yaml", "train.py", *USUAL, "{optimizer}")
    set_everywhere(project, {"optimizer": value})
    result = confirm("--dry-run")
    assert f"{value} would be read as an option" in result.output
    assert confirm().exit_code == 0
    assert calls(project) == []


def test_a_null_character_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(AdvisorError, match="null byte"):
        execute([sys.executable, "a\0b"], tmp_path, 1.0)
