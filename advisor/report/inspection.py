"""What was understood of the logs, and why: the output of `advisor inspect`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from advisor.model.log import Logs
from advisor.model.search_space import Hyperparameter
from advisor.model.study import Reading, Study
from advisor.model.trial import Part, Trial
from advisor.report import summary
from advisor.report.layout import Page, shorten
from advisor.report.numbers import count, number, setting
from advisor.report.words import listing

NAME = "inspection"

TRIALS = 5
PROBLEMS = 10
HYPERPARAMETERS = 30

_PARTS: Mapping[Part, str] = {
    "training_loss": "training loss",
    "training_error": "objective on the training set",
    "validation_loss": "validation loss",
    "validation_error": "objective",
    "learning_rate": "learning rate",
    "gradient_norm": "gradient norm",
    "throughput": "examples per second",
    "rewards": "rewards of single episodes",
}
_NAMES = 24  # columns for a name in a list


def render(
    studies: Sequence[Study], logs: Logs, *, width: int = 80, color: bool = False
) -> str:
    """Studies with every reading, its reason, and the line that would change it."""
    page = Page(width)
    formats = Counter(log.format for log in logs.trials)
    kinds = listing((f"{name} {n:,}" for name, n in formats.most_common()), limit=8)
    page.add(
        f"{count(len(logs.trials), 'trial')} read ({kinds or 'none'}), "
        f"{count(len(studies), 'study', 'studies')}",
        style="bold",
    )
    for study in studies:
        _study(page, study)
    _unread(page, logs)
    return page.coloured() if color else page.plain()


def _study(page: Page, study: Study) -> None:
    page.blank()
    page.add(
        f"{study.name}: {count(len(study.trials), 'trial')} "
        f"({summary.statuses(study) or 'none'})",
        style="bold",
        label="==",
        indent=3,
        label_style="bold",
    )
    _signals(page, study)
    _hyperparameters(page, study)
    _readings(page, study.readings)
    _trials(page, study)


def _signals(page: Page, study: Study) -> None:
    having = Counter(part for trial in study.trials for part in trial.curves)
    page.add("curves", indent=2, style="bold")
    for part, words in _PARTS.items():
        n = having[part]
        if n:
            every = n == len(study.trials)
            seen = "in all trials" if every else f"in {n:,} of {len(study.trials):,}"
            page.add(seen, label=f"    {words}", indent=36)
    missing = [words for part, words in _PARTS.items() if not having[part]]
    if missing:
        page.add(
            f"{', '.join(missing)}; rules that read these are not evaluated",
            label="    not found",
            label_style="yellow",
            indent=16,
        )


def _hyperparameters(page: Page, study: Study) -> None:
    space = study.search_space
    if not len(space):
        page.add(
            "no hyperparameters found: keep each trial's configuration beside its log, "
            "e.g. as config.yaml",
            indent=2,
            style="yellow",
        )
        return
    page.add("hyperparameters", indent=2, style="bold")
    for each in space.varied[:HYPERPARAMETERS]:
        name = shorten(each.name, _NAMES)
        page.add(_searched(each), label=f"    {name}", indent=6 + _NAMES)
    hidden = len(space.varied) - HYPERPARAMETERS
    if hidden > 0:
        page.add(f"and {hidden:,} more that vary", indent=4, style="dim")
    fixed = [each.name for each in space if not each.varies]
    if fixed:
        page.add(
            f"the same in all trials: {listing(fixed, limit=12)}",
            indent=4,
            style="dim",
        )


def _searched(each: Hyperparameter) -> str:
    origin = "declared" if each.declared else "only observed"
    if not each.ordered:
        choices = listing(map(setting, each.choices), limit=6)
        return f"{choices}; {origin}, {each.role}"
    lower, upper = each.bounds
    return (
        f"{setting(lower)} to {setting(upper)}, {each.scale} scale; {origin}, "
        f"{each.role}"
    )


def _readings(page: Page, readings: Sequence[Reading]) -> None:
    if not readings:
        return
    page.add("readings", indent=2, style="bold")
    for each in readings:
        doubt = "" if each.certain else " (a guess: worth a look)"
        page.add(
            f"{each.what}: {each.value}{doubt}",
            indent=4,
            style="" if each.certain else "yellow",
        )
        page.add(f"because {each.reason}", indent=6, style="dim", limit=3)
        if each.override:
            page.add(f"to change it: {each.override}", indent=6, style="dim", limit=9)


def _trials(page: Page, study: Study) -> None:
    if study.ranked:
        page.add("best trials", indent=2, style="bold")
    for trial in study.ranked[:TRIALS]:
        page.add(trial.name, label=f"    {_value(study, trial)}", indent=16, limit=2)
    if study.infeasible:
        page.add("infeasible trials", indent=2, style="bold")
    for trial in study.infeasible[:TRIALS]:
        page.add(f"{trial.name}: {trial.infeasibility}", indent=4, limit=2)
    hidden = len(study.infeasible) - TRIALS
    if hidden > 0:
        page.add(f"and {hidden:,} more", indent=4, style="dim")


def _value(study: Study, trial: Trial) -> str:
    return number(study.sign * trial.error) if trial.error is not None else ""


def _unread(page: Page, logs: Logs) -> None:
    problems = summary.problems_of(logs)
    if problems:
        page.blank()
        page.add(f"{count(len(problems), 'problem')} in the logs", style="bold yellow")
        for problem in problems[:PROBLEMS]:
            page.add(str(problem), indent=2, limit=4)
        if len(problems) > PROBLEMS:
            page.add(f"and {len(problems) - PROBLEMS:,} more", indent=2, style="dim")
    if logs.unclaimed:
        kinds = ", ".join(
            f"{n:,} {suffix or 'without suffix'}"
            for suffix, n in logs.unclaimed.items()
        )
        page.blank()
        page.add(f"look like logs but have no known format: {kinds}", style="dim")
