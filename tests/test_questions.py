"""What a report asks: once, and only where the answer would change something."""

from __future__ import annotations

import dataclasses
from collections import Counter
from pathlib import Path

import numpy as np
from synthetic_searches import search

from advisor.engine.evaluate import evaluate_study
from advisor.engine.rule_set import RuleSettings, find_rule, load_rules
from advisor.model.curve import Curve
from advisor.model.log import Logs
from advisor.model.study import Goal, Objective, Study
from advisor.model.trial import Trial
from advisor.pipeline import evaluate

FACT = "worthwhile_difference"


def overfitting(evaluations: int, name: str = "s") -> Study:
    """One trial whose validation error falls, then rises far above its noise."""
    steps = np.arange(evaluations)
    noise = 0.002 * np.random.default_rng(0).standard_normal(evaluations)
    turn = 0.3 * evaluations
    values = 0.5 + 0.4 * np.abs(steps - turn) / evaluations + noise
    trial = Trial(
        "t", curves={"validation_error": Curve(steps, values)}, error=float(min(values))
    )
    return Study(name, (trial,), Objective("val_loss", Goal.MINIMIZE))


def test_a_rule_asks_where_it_fires_and_not_where_it_could_not_measure() -> None:
    rule = find_rule("problematic-overfitting")
    asked = [
        {
            q.fact
            for q in evaluate_study(each, [rule], RuleSettings()).questions.values()
        }
        for each in (overfitting(60), overfitting(2))
    ]
    assert asked == [{"comparing_regularisation"}, set()]


def test_two_studies_ask_the_same_question_once() -> None:
    studies = [search(trials=6, seed=0), search(trials=6, seed=1)]
    studies[1] = dataclasses.replace(studies[1], name="other")
    alone = [evaluate(Logs((Path(),), ()), [each], load_rules()) for each in studies]
    examples = {q.example for made in alone for q in made.questions if q.fact == FACT}
    assert len(examples) == 2  # the difference that is proposed is each study's own
    made = evaluate(Logs((Path(),), ()), studies, load_rules())
    counts = Counter(each.question for each in made.questions)
    assert set(counts.values()) == {1}
