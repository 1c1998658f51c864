"""Tables of false alarms and detection, shared by the search-space benchmarks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np

from advisor.engine.evaluate import evaluate_study
from advisor.engine.rule import Rule
from advisor.engine.rule_set import RuleSettings
from advisor.model.finding import Outcome
from advisor.model.study import Study

STUDIES = 1000
REPEATS = 100
SIZES = (12, 20, 35, 50, 100)
MOST_ALARMS = 0.05
OUTCOMES = (Outcome.FIRES, Outcome.INCONCLUSIVE, Outcome.CLEAR)

Make = Callable[[int], Study]


def outcome(rule: Rule, study: Study) -> Outcome:
    """The rule's verdict: the first of fires, inconclusive, clear on any subject."""
    verdicts = evaluate_study(study, [rule], RuleSettings()).verdicts
    seen = {each.outcome for each in verdicts}
    return next((each for each in OUTCOMES if each in seen), Outcome.NOT_EVALUATED)


def null(rule: Rule, title: str, make: Make, studies: int = STUDIES) -> bool:
    """Prints the share of null studies with a finding; whether it is small enough."""
    seen = [outcome(rule, make(seed)) for seed in range(studies)]
    share = seen.count(Outcome.FIRES) / studies
    print(f"  {share:6.1%} of {studies:,}: {title}", flush=True)
    return share <= MOST_ALARMS


def planted(
    rule: Rule, rows: Sequence[tuple[str, Callable[[int, int], Study]]]
) -> None:
    """A table of verdicts by number of trials; each row makes (trials, seed)."""
    print(f"  {'fires / inconclusive / clear, in %':40}", end="")
    print("".join(f"{size:>12}" for size in SIZES) + "  trials")
    for title, make in rows:
        cells = []
        for size in SIZES:
            seen = Counter(outcome(rule, make(size, seed)) for seed in range(REPEATS))
            shares = (f"{seen[kind] / REPEATS * 100:.0f}" for kind in OUTCOMES)
            cells.append("/".join(shares))
        print(f"  {title:40}" + "".join(f"{cell:>12}" for cell in cells), flush=True)


def any_size(rng: np.random.Generator) -> int:
    """A number of trials from 20 to 100."""
    return int(rng.integers(20, 101))
