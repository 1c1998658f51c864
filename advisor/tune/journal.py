"""journal.md: what was tried and learned, round by round."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from advisor.markup import bullets, cell, code, link, table, text
from advisor.model.log import Value
from advisor.next_round.words import in_words
from advisor.report.numbers import count
from advisor.tune.round import Learned, Outcome, Round

FILE_NAME = "journal.md"
_MOST_OF_A_RULE = 2
_MOST_NOT_DONE = 5


@dataclass(frozen=True, slots=True)
class Told:
    """Everything that the journal tells."""

    rounds: Sequence[Round]
    outcomes: Sequence[Outcome]
    stopped: str
    given: Outcome | None = None  # of the logs that it began with

    @property
    def start(self) -> Outcome:
        """What the rounds are measured against."""
        return self.given or self.outcomes[0]


def render(told: Told) -> str:
    """The whole journal, the result first."""
    return "\n\n".join(part for part in _parts(told) if part) + "\n"


def _parts(told: Told) -> Iterator[str]:
    yield f"# Tuning of {code(told.rounds[0].study)}"
    yield text(headline(told))
    if told.stopped:
        yield text(f"It ended because {told.stopped}.")
    yield from _best(told.outcomes[-1])
    yield _overview(told)
    before = told.given
    for planned, outcome in zip(told.rounds, told.outcomes, strict=False):
        yield from _round(planned, outcome, before)
        before = outcome


def headline(told: Told) -> str:
    """How far it came."""
    last, start = told.outcomes[-1], told.start
    trials = sum(each.trained for each in told.outcomes)
    words = [f"{count(len(told.outcomes), 'round')}, {count(trials, 'trial')}."]
    if last.best is None:
        return " ".join((*words, "No trial was feasible."))
    words.append(
        f"Best {last.objective}: {last.best.objective:.4g} ({last.best.name})."
    )
    if start.best is not None and start.best.name != last.best.name:
        when = "In the given logs" if told.given else "After the first round"
        words.append(f"{when} it was {start.best.objective:.4g}.")
    return " ".join(words)


def _best(last: Outcome) -> Iterator[str]:
    if last.best is None:
        return
    yield "## The best configuration so far"
    yield table(
        ("hyperparameter", "value"),
        [(code(name), _shown(value)) for name, value in last.best.values.items()],
    )
    grave = [each for each in last.findings if each.severity != "info"]
    if grave:
        yield f"Still open: {_names(grave)}."


def _overview(told: Told) -> str:
    header = ("round", "phase", "trials", "infeasible", "its best", "best so far")
    rows = [
        _row(
            link(str(planned.number), f"#round-{planned.number}"),
            planned.phase,
            outcome,
        )
        for planned, outcome in zip(told.rounds, told.outcomes, strict=False)
    ]
    if told.given is not None:
        rows.insert(0, _row("given logs", "", told.given))
    return table(header, rows, "llrrrr")


def _row(name: str, phase: str, outcome: Outcome) -> tuple[str, ...]:
    best = outcome.best.objective if outcome.best is not None else None
    return (
        name,
        phase,
        f"{outcome.trained}",
        f"{outcome.infeasible}",
        _number(outcome.best_of_round),
        _number(best),
    )


def _round(planned: Round, outcome: Outcome, before: Outcome | None) -> Iterator[str]:
    place = f"round-{planned.number}"
    yield f"## Round {planned.number}"
    yield (
        f"{planned.phase.capitalize()}, {count(len(planned.trials), 'trial')}: "
        f"{text(planned.reason)}. {link('Plan', f'{place}/plan.md')}, "
        f"{link('report', f'{place}/report.md')}."
    )
    if planned.since == planned.number and before is not None:
        yield "Trials are trained otherwise from here on; earlier ones are left aside."
    if planned.changes:
        yield table(
            ("what", "change", "because"),
            [
                (
                    code(each.name),
                    cell(text(each.what)),
                    cell(_why(each.rule, each.why)),
                )
                for each in planned.changes
            ],
        )
    elif before is not None:
        yield "Nothing was changed: more trials of the same search space."
    yield bullets(text(each) for each in planned.notes)
    yield from _not_done(planned)
    yield from _learned(outcome, before)


def _why(rule: str, why: str) -> str:
    return f"{code(rule)}: {text(why)}" if rule else text(why)


def _not_done(planned: Round) -> Iterator[str]:
    if planned.not_done:
        shown = planned.not_done[:_MOST_NOT_DONE]
        more = len(planned.not_done) - len(shown)
        yield "Asked for and not done:"
        yield bullets([*map(text, shown), *([f"and {more} more"] if more else [])])


def _learned(outcome: Outcome, before: Outcome | None) -> Iterator[str]:
    """What is new, what is as before, and what is gone."""
    earlier = before.findings if before is not None else ()
    known, now = {each.id for each in earlier}, {each.id for each in outcome.findings}
    fresh = [each for each in outcome.findings if each.id not in known]
    still = [each for each in outcome.findings if each.id in known]
    rules = {each.rule for each in outcome.findings}
    gone = [each for each in earlier if each.id not in now and each.rule not in rules]
    if fresh:
        yield "Learned:"
        yield bullets(_lines(fresh))
    elif not still:
        yield "No rule found anything."
    if still:
        yield f"Still so: {_names(still)}."
    if gone:
        yield f"No longer found: {_names(gone)}."
    if outcome.left_open:
        questions = count(outcome.left_open, "question")
        yield (
            f"{questions} of the rules stayed open, for lack of trials or of signals; "
            "the report names them."
        )


def _lines(findings: Sequence[Learned]) -> Iterator[str]:
    """Of a rule that speaks of single trials, the first ones stand for all."""
    total = Counter(each.rule for each in findings if each.of_trial)
    shown: Counter[str] = Counter()
    for each in findings:
        shown[each.rule] += 1
        if not each.of_trial or shown[each.rule] <= _MOST_OF_A_RULE:
            yield (
                f"{each.severity}: {text(each.message)} ({link(each.rule, each.link)})"
            )
        elif shown[each.rule] == total[each.rule]:
            more = total[each.rule] - _MOST_OF_A_RULE
            yield f"{code(each.rule)} of {count(more, 'more trial')}, in the report"


def _names(findings: Iterable[Learned]) -> str:
    counts = Counter(each.rule for each in findings)
    return ", ".join(
        code(rule) + (f" ({count} times)" if count > 1 else "")
        for rule, count in counts.items()
    )


def _shown(value: Value) -> str:
    return cell(text(in_words(value)))


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"
