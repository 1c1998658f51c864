"""Turns findings into *do these next*: what to act on, and in which order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from advisor.engine.rule import Rule
from advisor.model.finding import Finding, Recommendation

# What makes other findings doubtful comes first: without a configuration or a
# validation curve nothing can be compared, an unstable trial distorts the search ...
STAGES = (
    "tracking",
    "evaluation",
    "stability",
    "training-curves",
    "search-space",
    "training-steps",
    "batch-size",
    "adoption",
)


def recommend(
    findings: Iterable[Finding], rules: Sequence[Rule]
) -> tuple[Recommendation, ...]:
    """What the open findings ask for, most urgent first.

    The trials of a study share one recommendation of a rule; every hyperparameter has
    its own. Studies for which a rule recommends the same, word for word, share one too.
    Order: severity, then stage, then the number of subjects concerned.
    """
    by_study: dict[tuple[str, ...], list[Finding]] = {}
    for finding in findings:
        if finding.superseded_by is None and finding.actions:
            subject = finding.subject
            own = (subject.name,) if subject.kind == "hyperparameter" else ()
            key = (subject.study, finding.rule, *own)
            by_study.setdefault(key, []).append(finding)
    groups: dict[tuple[str, str], list[Finding]] = {}
    for (_, rule_id, *_), group in by_study.items():
        worst = max(group, key=lambda each: each.severity)
        groups.setdefault((rule_id, worst.actions[0].do), []).extend(group)
    stage = {rule.id: _stage(rule.group) for rule in rules}
    ordered = sorted(
        (sorted(group, key=lambda each: -each.severity) for group in groups.values()),
        key=lambda group: (-group[0].severity, stage[group[0].rule], -len(group)),
    )
    return tuple(
        Recommendation(group[0].actions[0], group[0].severity, tuple(group))
        for group in ordered
    )


def _stage(group: str) -> int:
    return STAGES.index(group) if group in STAGES else len(STAGES)
