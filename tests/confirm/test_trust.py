"""Nothing that came with logs is executed, and nothing without being asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.confirm.project import USUAL, advisor, calls, configure, confirm


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


@pytest.mark.parametrize("options", [(), ("--no-search",)])
def test_standing_among_the_logs_does_not_make_them_trusted(
    project: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    configure(project / "logs" / "advisor.yaml", "train.py", *USUAL)
    (project / "logs" / "train.py").write_text((project / "train.py").read_text())
    monkeypatch.chdir(project / "logs")
    result = advisor("confirm", ".", *options)
    assert result.exit_code == 2
    assert "outside of the logs" in result.output
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
