"""A user's project as a fixture."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.confirm.project import make_project


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with logs of two trials and a script that trains; the user is in it."""
    folder = tmp_path / "project"
    make_project(folder)
    monkeypatch.chdir(folder)
    return folder
