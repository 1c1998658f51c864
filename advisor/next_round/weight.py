"""Which findings on single trials are worth a change of the whole next round."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from advisor.model.finding import Finding
from advisor.model.study import Study

_BEST_FEW = 3
_BEST_SHARE = 0.25
_SHARE = 0.2  # of all trials; up to a fifth of failures is the price of wide ranges


def without_weight(study: Study, findings: Sequence[Finding]) -> Mapping[str, str]:
    """Ids of findings that edit nothing, and why.

    A finding on a trial counts if the trial is among the best, which the next round
    builds on, or if its rule fires on a fifth of all trials.
    """
    on_trials = [each for each in findings if each.subject.kind == "trial"]
    fires = Counter(each.rule for each in on_trials if not each.refuted)
    best = max(_BEST_FEW, _BEST_SHARE * len(study.ranked))
    return {
        each.id: (
            f"it concerns {fires[each.rule]} of {len(study.trials)} trials, "
            "this one not among the best"
        )
        for each in on_trials
        if study.ranks.get(each.subject.name, len(study.trials) + best) > best
        and fires[each.rule] < _SHARE * len(study.trials)
    }
