"""What the user stated as a fact and features need as a number."""

from __future__ import annotations

from advisor.model.study import Study


def worthwhile_difference(study: Study) -> float:
    """The smallest difference that matters to the user; 0 where it was not said."""
    stated = study.facts.get("worthwhile_difference")
    if isinstance(stated, bool) or not isinstance(stated, int | float):
        return 0.0
    return max(float(stated), 0.0)
