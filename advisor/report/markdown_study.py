"""One study in the Markdown report: what was read, best trials, plots."""

from __future__ import annotations

from collections import Counter

from advisor.markup import bullets, code, table, text
from advisor.model.finding import Evaluation
from advisor.model.search_space import Hyperparameter
from advisor.model.study import Study
from advisor.model.trial import Trial, TrialStatus
from advisor.report import summary
from advisor.report.markdown_findings import findings_section
from advisor.report.markdown_verdicts import verdicts_section
from advisor.report.numbers import MISSING, count, number, setting, share
from advisor.report.words import listing, value_in_yaml

BEST = 10
INFEASIBLE = 10
COLUMNS = 6  # hyperparameters in the table of the best trials
CHOICES = 6
HYPERPARAMETERS = 40
NAME_LENGTH = 80


def study_section(evaluation: Evaluation, study: Study, plots: str) -> str:
    """Everything about one study; `plots` is finished Markdown."""
    parts = [
        f"## Study {code(study.name)}",
        _read(evaluation, study),
        _search_space(study),
        _best(study),
        _infeasible(study),
        f"### Plots\n\n{plots}" if plots else "",
        findings_section(evaluation, study),
        verdicts_section(evaluation, study),
    ]
    return "\n\n".join(part for part in parts if part)


def _read(evaluation: Evaluation, study: Study) -> str:
    logs = summary.logs_of(evaluation, study)
    formats = Counter(log.format for log in logs)
    points = sum(log.points for log in logs)
    items = [
        f"**Trials**: {count(len(study.trials), 'trial')} "
        f"({summary.statuses(study) or 'none'})",
        f"**Objective**: {_objective(study)}",
    ]
    if logs:
        kinds = listing(
            (f"{code(name)} ({n:,})" for name, n in formats.most_common()), limit=6
        )
        items.append(f"**Logs**: {kinds}; {count(points, 'measurement')}")
    if study.algorithm:
        items.append(f"**Search**: {text(study.algorithm)}")
    notes = Counter(note for log in logs for note in log.notes)
    if notes:
        seen = (
            f"{text(note)}{f' ({n:,} trials)' if n > 1 else ''}"
            for note, n in notes.most_common()
        )
        items.append(f"**Notes**: {listing(seen, limit=5)}")
    if study.facts:
        facts = (f"{code(k)}: {code(value_in_yaml(v))}" for k, v in study.facts.items())
        items.append(f"**Facts you gave**: {', '.join(facts)}")
    doubtful = [reading for reading in study.readings if not reading.certain]
    items += [
        f"**Worth a look**: {text(each.what)} read as {code(each.value)} "
        f"({text(each.reason)}); to change it: {code(each.override)}"
        for each in doubtful
    ]
    return "### What was read\n\n" + bullets(items)


def _objective(study: Study) -> str:
    objective = study.objective
    if objective is None:
        return "none found, so trials are not compared"
    value = {"best": "the best value over training", "final": "the final value"}
    reason = next(
        (each.reason for each in study.readings if each.what == "objective"), ""
    )
    because = f" ({text(reason)})" if reason else ""
    return (
        f"{code(objective.metric)}, {objective.goal.value}{because}; "
        f"{text(objective.split)} split, {value.get(objective.selection, 'best')} "
        "of each trial"
    )


def _search_space(study: Study) -> str:
    if not study.search_space.hyperparameters:
        return ""
    varied = study.search_space.varied
    fixed = [each for each in study.search_space if not each.varies]
    rows = [
        [code(each.name), each.role, _scale(each), _range(each), _origin(each)]
        for each in varied[:HYPERPARAMETERS]
    ]
    header = ("hyperparameter", "role", "scale", "range", "bounds")
    parts = ["### Search space"]
    parts.append(table(header, rows) if rows else "No hyperparameter varies.")
    if len(varied) > HYPERPARAMETERS:
        parts.append(f"And {len(varied) - HYPERPARAMETERS:,} more that vary.")
    if fixed:
        names = (f"{code(each.name)} = {code(_fixed(each))}" for each in fixed)
        parts.append(f"The same in all trials: {listing(names, limit=20)}.")
    return "\n\n".join(parts)


def _scale(each: Hyperparameter) -> str:
    return each.scale if each.ordered else "choices"


def _range(each: Hyperparameter) -> str:
    if each.ordered:
        lower, upper = each.bounds
        return f"{setting(lower)} to {setting(upper)}"
    return listing((code(setting(choice)) for choice in each.choices), limit=CHOICES)


def _origin(each: Hyperparameter) -> str:
    origin = "declared" if each.declared else "only observed"
    hard = ", ".join(f"{side} is a hard limit" for side in sorted(each.hard))
    return f"{origin}; {hard}" if hard else origin


def _fixed(each: Hyperparameter) -> str:
    if each.ordered:
        return setting(each.lower)
    return setting(each.choices[0]) if each.choices else MISSING


def _best(study: Study) -> str:
    if not study.ranked:
        return ""
    columns = study.search_space.varied[:COLUMNS]
    # Where both values agree for all, the second column says nothing.
    final = any(trial.final_error != trial.error for trial in study.ranked[:BEST])
    header = ["", "trial", "best value", *(["final value"] if final else []), "at step"]
    header += [code(each.name) for each in columns]
    rows = [
        _best_row(study, rank, trial, columns, final)
        for rank, trial in enumerate(study.ranked[:BEST], start=1)
    ]
    align = "rl" + "r" * (len(header) - 2)
    parts = ["### Best trials", table([*header], rows, align)]
    hidden = len(study.ranked) - len(rows)
    unseen = len(study.search_space.varied) - len(columns)
    more = [f"{hidden:,} more trials"] if hidden else []
    more += [f"{unseen:,} more hyperparameters that vary"] if unseen else []
    if more:
        parts.append(f"And {' and '.join(more)}.")
    return "\n\n".join(parts)


def _best_row(
    study: Study,
    rank: int,
    trial: Trial,
    columns: tuple[Hyperparameter, ...],
    final: bool,
) -> list[str]:
    name = code(trial.name[:NAME_LENGTH])
    if trial.status is TrialStatus.INCOMPLETE:
        name += " (incomplete)"
    row = [str(rank), name, _logged(study, trial.error)]
    row += [_logged(study, trial.final_error)] if final else []
    row.append(MISSING if trial.best_step is None else number(trial.best_step))
    for each in columns:
        value = trial.hyperparameters.get(each.name)
        shown = setting(value)
        row.append(text(shown) if not isinstance(value, str) else code(shown))
    return row


def _logged(study: Study, error: float | None) -> str:
    return MISSING if error is None else number(study.sign * error)


def _infeasible(study: Study) -> str:
    trials = study.infeasible
    if not trials:
        return ""
    causes = Counter(
        each.infeasibility.cause for each in trials if each.infeasibility is not None
    )
    why = ", ".join(f"{n:,} {cause}" for cause, n in causes.most_common())
    items = [
        f"{code(each.name[:NAME_LENGTH])}: {text(str(each.infeasibility))}"
        for each in trials[:INFEASIBLE]
    ]
    if len(trials) > INFEASIBLE:
        items.append(f"and {len(trials) - INFEASIBLE:,} more")
    return (
        f"### Infeasible trials\n\n{share(len(trials), len(study.trials))}: {why}.\n\n"
        + bullets(items)
    )
