import pytest

from advisor.report import inspection
from advisor.report.layout import cells
from tests.report import example


def render(evaluation):
    return inspection.render(evaluation.studies, evaluation.logs)


@pytest.mark.parametrize(
    "line",
    [
        "41 trials read (table 40, event-file 1), 2 studies",
        "    training loss                   in all trials",
        "    learning_rate             0.0001 to 0.1, log scale; declared, nuisance",
        "    optimizer                 adam, nesterov, sgd; only observed, scientific",
        "    objective: val/loss, minimize",
        "      because the only validation metric",
        "      to change it: objective: {metric: val/loss, goal: minimize}",
        "    scale of dropout: linear (a guess: worth a look)",
        "    sweep/trial-26: diverged: training loss is NaN at step 3,750",
        "look like logs but have no known format: 2 .jsonl",
    ],
)
def test_says(line):
    assert line in render(example.evaluation()).splitlines()


def test_says_what_is_missing():
    text = render(example.evaluation())
    assert "not found   objective on the training set, learning rate" in text
    assert "no hyperparameters found: keep each trial's configuration" in text


def test_fits_the_terminal():
    text = render(example.evaluation(200))
    assert max(map(cells, text.splitlines())) <= 80
    assert len(text.splitlines()) < 80
