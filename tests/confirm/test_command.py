"""The user's own command, from flagged logs to a verdict, through the command line."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from advisor.cli import main
from advisor.confirm.pipelines.execution import execute
from advisor.errors import AdvisorError
from tests.confirm.fake_pipeline import HEALTHY, OVERFITTING, write

Run = Callable[..., Result]

TRAIN = """
import json, math, os, random, sys
entries = dict(each.split("=", 1) for each in sys.argv[1:])
with open("calls.txt", "a") as file:
    file.write(json.dumps(sys.argv[1:]) + "\\n")
noise = random.Random(int(entries["seed"]))
rise = 0.02 * (float(entries["width"]) > 100) * (float(entries["dropout"]) < 0.2)
with open(os.path.join(entries["directory"], "training.csv"), "w") as file:
    file.write("epoch,loss,val_loss\\n")
    for i in range(60):
        loss = 0.3 + math.exp(-i / 8) + noise.gauss(0, 0.004)
        error = loss + 0.1 + noise.gauss(0, 0.004) + rise * max(0, i - 20)
        file.write(f"{i},{loss},{error}\\n")
"""
USUAL = ("width={width}", "dropout={dropout}", "seed={seed}", "directory={directory}")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with logs of two trials and a script that trains."""
    folder = tmp_path / "project"
    for i, settings in enumerate((HEALTHY, OVERFITTING)):
        write({**settings, "seed": i}, folder / "logs" / f"t{i}")
    (folder / "train.py").write_text(TRAIN, "utf-8")
    monkeypatch.chdir(folder)
    return folder


def configure(
    path: Path, *arguments: str, program: str = sys.executable, **more: Any
) -> None:
    settings = {"command": [program, *arguments], **more}
    path.write_text(json.dumps({"confirm": settings}), "utf-8")


def advisor(*arguments: str) -> Result:
    return CliRunner().invoke(main, [*map(str, arguments)], catch_exceptions=False)


def confirm(*more: str) -> Result:
    return advisor("confirm", "logs", "--only", "problematic-overfitting", *more)


def calls(project: Path) -> list[list[str]]:
    path = project / "calls.txt"
    return (
        [json.loads(x) for x in path.read_text().splitlines()] if path.exists() else []
    )


def test_confirmed_by_the_users_command(project: Path) -> None:
    configure(project / "advisor.yaml", "train.py", *USUAL)
    result = confirm("--format", "markdown")
    assert result.exit_code == 0, result.output
    assert "### Confirmed: problematic-overfitting" in result.output
    assert "it came back with 6 of 6 seeds; with `dropout = 0.3`" in result.output
    assert "the command has no placeholder for weight_decay" in result.output
    assert len(calls(project)) == 12
    assert {tuple(each[:3]) for each in calls(project)} == {
        ("width=200", dropout, f"seed={10_000 + i}")
        for dropout in ("dropout=0.0", "dropout=0.3")
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


def test_output_is_cut_to_its_end(project: Path) -> None:
    (project / "train.py").write_text("print('x' * 10**6 + 'END'); exit(1)", "utf-8")
    configure(project / "advisor.yaml", "train.py", *USUAL)
    output = confirm().output
    assert output.rstrip().endswith("xxxEND�")
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
    _set_everywhere(project, {"optimizer": NASTY})
    assert "Confirmed" in confirm().output
    assert {each[0] for each in calls(project)} == {f"note={NASTY}"}
    assert not (project / "hacked").exists()


@pytest.mark.parametrize("value", ["--config=/tmp/x", "-rf"])
def test_text_from_logs_is_never_an_option(project: Path, value: str) -> None:
    configure(project / "advisor.yaml", "train.py", *USUAL, "{optimizer}")
    _set_everywhere(project, {"optimizer": value})
    result = confirm("--dry-run")
    assert f"{value} would be read as an option" in result.output
    assert confirm().exit_code == 0
    assert calls(project) == []


def test_a_null_character_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(AdvisorError, match="null byte"):
        execute([sys.executable, "a\0b"], tmp_path, 1.0)


def _set_everywhere(project: Path, entries: Mapping[str, str]) -> None:
    for path in (project / "logs").glob("*/config.json"):
        settings = json.loads(path.read_text("utf-8"))
        path.write_text(json.dumps({**settings, **entries}), "utf-8")


@pytest.mark.parametrize("place", ["logs/advisor.yaml", "logs/t1/advisor.yaml"])
def test_commands_among_the_logs_are_refused(project: Path, place: str) -> None:
    configure(project / place, "../train.py", *USUAL)
    (project / "logs" / "train.py").write_text((project / "train.py").read_text())
    paths = [place.rpartition("/")[0]]
    for command in (["confirm"], ["confirm", "--dry-run"], ["check", "--confirm"]):
        result = advisor(*command, *paths)
        assert result.exit_code == 2
        assert "advisor.yaml: expected `confirm` in a configuration of the folder" in (
            result.output
        )
    assert advisor("check", "--exit-zero", *paths).exit_code == 0
    assert not list(project.rglob("calls.txt"))


def test_a_command_beside_downloaded_logs_is_refused(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not among the logs, but not where the user stands either."""
    configure(project / "advisor.yaml", "train.py", *USUAL)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    result = advisor("confirm", str(project / "logs"))
    assert result.exit_code == 2
    assert "if you trust it" in result.output
    assert calls(project) == []


def test_a_configuration_that_the_user_names_is_trusted(project: Path) -> None:
    path = project / "logs" / "advisor.yaml"
    configure(path, "../train.py", *USUAL)
    result = confirm("--config", str(path))
    assert result.exit_code == 0, result.output
    assert "Confirmed" in result.output
    assert len(list(project.rglob("calls.txt"))) == 1


def test_check_executes_nothing(project: Path) -> None:
    configure(project / "advisor.yaml", "train.py", *USUAL)
    for arguments in (["check"], ["inspect"], ["explain", "problematic-overfitting"]):
        advisor(*arguments, "logs")
    assert calls(project) == []
    assert not (project / "advisor-confirm").exists()


def test_check_confirm_does_both(project: Path) -> None:
    configure(project / "advisor.yaml", "train.py", *USUAL)
    result = advisor("check", "--confirm", "logs", "--exit-zero")
    assert result.exit_code == 0
    assert "Confirmed in the same pipeline" in result.output


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (("--budget", "soon"), "expected a budget such as 90s"),
        (("--executor", "moon://1"), "expected processes://N or dask://HOST:PORT"),
        (("--only", "nothing"), "expected the id or the rule of a finding"),
    ],
)
def test_wrong_options(project: Path, option: tuple[str, str], said: str) -> None:
    configure(project / "advisor.yaml", "train.py", *USUAL)
    result = advisor("confirm", "logs", *option)
    assert result.exit_code == 2
    assert said in result.output
    assert calls(project) == []
