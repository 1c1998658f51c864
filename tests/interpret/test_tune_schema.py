"""The section `tune`: ranges as written, and mistakes with their line."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.errors import ConfigurationError
from advisor.interpret.configuration import TuneSettings, load_configuration


def read(folder: Path, text: str) -> TuneSettings:
    path = folder / "advisor.yaml"
    path.write_text(f"tune:\n{text}")
    return load_configuration(None, path).tune


def test_ranges_choices_and_fixed_values(tmp_path: Path) -> None:
    made = read(
        tmp_path,
        """\
  workload: digits
  search_space:
    lr: {lower: 1e-4, upper: 1e-2}
    dropout: {lower: 0.0, upper: 0.5}
    depth: {lower: 1, upper: 4}
    batch_size: {choices: [32, 128, 64]}
    optimizer: {choices: [adam, sgd]}
  fixed: {max_train_steps: 400}
""",
    )
    assert made.workload == "digits"
    assert made.fixed == {"max_train_steps": 400}
    seen = [(x.name, x.kind, x.scale, x.choices) for x in made.search_space]
    assert seen == [
        ("lr", "float", "log", ()),
        ("dropout", "float", "linear", ()),
        ("depth", "integer", "linear", ()),
        ("batch_size", "integer", "log", (32, 128, 64)),
        ("optimizer", "categorical", "linear", ("adam", "sgd")),
    ]
    assert made.search_space[0].bounds == (1e-4, 1e-2)
    assert made.search_space[3].bounds == (32, 128)
    assert all(each.declared for each in made.search_space)


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        ("  search_space:\n    lr: {lower: 1}\n", 3, "`lower` below `upper`"),
        ("  search_space:\n    lr: {lower: 2, upper: 1}\n", 3, "below `upper`"),
        ("  search_space:\n    lr: {choices: [1]}\n", 3, "at least two choices"),
        (
            "  search_space:\n    lr: {lower: 0, upper: 1, scale: log}\n",
            3,
            "a number above 0 on a log scale",
        ),
        (
            "  fixed: {lr: 1}\n  search_space:\n    lr: {lower: 1, upper: 2}\n",
            2,
            "a fixed or a searched value",
        ),
        ("  space: {}\n", 2, "did you mean `search_space`?"),
        ("  search_space:\n    lr: {low: 1, upper: 2}\n", 3, "did you mean `lower`?"),
    ],
)
def test_mistakes_are_errors_with_their_line(
    tmp_path: Path, text: str, line: int, expected: str
) -> None:
    with pytest.raises(ConfigurationError, match="advisor") as error:
        read(tmp_path, text)
    assert f"advisor.yaml:{line}:" in str(error.value)
    assert expected in str(error.value)
