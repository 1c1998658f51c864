"""Numbers of any length in a configuration are an error with its file, no exception."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.errors import ConfigurationError
from advisor.interpret.configuration import load_configuration

LONG = "9" * 350
TABLES = {
    "timeout": f"[tool.advisor.confirm]\ntimeout = {LONG}\n",
    "bound": f"[tool.advisor.hyperparameters.lr]\nlower = {LONG}\n",
    "choice": f"[tool.advisor.hyperparameters.lr]\nchoices = [1, {LONG}]\n",
    "fact": f"[tool.advisor.facts]\nworthwhile_difference = -{LONG}\n",
}


@pytest.mark.parametrize("name", TABLES)
def test_an_integer_that_is_no_float(name: str, tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_text(TABLES[name])
    with pytest.raises(ConfigurationError, match=r"pyproject\.toml: expected valid"):
        load_configuration(None, path)
