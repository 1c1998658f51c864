"""Two rounds of the bundled trainer: really trained, read back, planned from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from advisor.cli import main
from tests.tune.project import tune

pytest.importorskip("tensorflow")

SETTINGS = """\
tune:
  workload: digits
  search_space:
    learning_rate: {lower: 1e-4, upper: 3e-3, scale: log}
    momentum: {lower: 0.5, upper: 0.9}
  fixed: {max_train_steps: 200, eval_every: 20, train_examples: 500}
"""


def test_two_rounds_learn_that_the_learning_rate_was_too_small(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("advisor.yaml").write_text(SETTINGS)
    result = tune("--output", "out", "--rounds", 2, "--trials", 32)
    assert result.exit_code == 0, result.output
    first, second = (
        json.loads(Path(f"out/round-{i}/outcome.json").read_bytes()) for i in (1, 2)
    )
    assert (first["trained"], second["trained"]) == (16, 16)
    assert second["best"]["objective"] < first["best"]["objective"]
    planned = json.loads(Path("out/round-2/round.json").read_bytes())
    assert planned["searched"]["learning_rate"]["upper"] > 3e-3
    # The other commands read the rounds as one study, by the file beside them.
    checked = CliRunner().invoke(main, ["check", "out", "--format", "json"])
    (study,) = json.loads(checked.stdout)["studies"]
    assert (study["name"], len(study["trials"])) == ("tuning", 32)
