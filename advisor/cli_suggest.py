"""`advisor suggest`: the next round. Nothing heavy is imported on load."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from advisor.cli_options import CONFIG, PATHS
from advisor.errors import AdvisorError
from advisor.next_round.exporters import names

if TYPE_CHECKING:
    from advisor.model.next_round import NextRound
    from advisor.model.study import Study
    from advisor.pipeline import Checked
    from advisor.report.layout import Page

_WIDTH = 80
_MOST_SHOWN = 10
_MOST_LOST = 3
_COLUMNS = (17, 20, 20)  # the last takes the rest


@click.command()
@PATHS
@CONFIG
@click.option(
    "--output",
    "-o",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write next_round.md, next_round.yaml and the exports into this folder.",
)
@click.option(
    "--export",
    "exports",
    multiple=True,
    type=click.Choice(names()),
    help="Also for this tool; may be repeated.",
)
@click.option(
    "--trials",
    type=click.IntRange(0, 10_000),
    help="Trials that the round can have, repeats too; default: fact trial_budget.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**32 - 1),
    help="Of the quasi-random points; default: as in the round before, else 0.",
)
def suggest(
    paths: tuple[Path, ...],
    config: Path | None,
    output: Path | None,
    exports: tuple[str, ...],
    trials: int | None,
    seed: int | None,
) -> None:
    """Turn the findings on the trials below PATHS into the next round.

    Search space, points and plan, with the finding behind every change. The folder of
    --output is read first: what was planned there and run since is continued.
    """
    if exports and output is None:
        raise AdvisorError("--export writes files: add --output FOLDER")
    checked = _checked(paths, config)
    rounds = []
    for study, folder in _folders(checked.evaluation.studies, output):
        made = _next_round(checked, study, folder, trials, seed)
        rounds.append(made)
        if folder is not None:
            _write(made, folder, exports)
    click.echo(_rendered(rounds, output), nl=False)


def _checked(paths: tuple[Path, ...], config: Path | None) -> Checked:
    from advisor.interpret.configuration import load_configuration
    from advisor.pipeline import check

    return check(paths, load_configuration(paths[0], config))


def _folders(
    studies: Sequence[Study], output: Path | None
) -> Iterator[tuple[Study, Path | None]]:
    """Each study with its folder: that of --output, or, of many, one below it."""
    taken: set[str] = set()
    for study in studies:
        if output is None or len(studies) == 1:
            yield study, output
            continue
        name = re.sub(r"[^\w.-]+", "-", study.name)[:80].strip(".-") or "study"
        unique, i = name, 1
        while unique.lower() in taken:
            i += 1
            unique = f"{name}-{i}"
        taken.add(unique.lower())
        yield study, output / unique


def _next_round(
    checked: Checked,
    study: Study,
    folder: Path | None,
    trials: int | None,
    seed: int | None,
) -> NextRound:
    from dataclasses import replace

    from advisor.next_round.earlier import check_study, read_earlier
    from advisor.next_round.plan import Wishes, next_round
    from advisor.next_round.yaml_file import FILE_NAME

    wishes = Wishes(trials, seed)
    earlier = read_earlier(folder / FILE_NAME) if folder is not None else None
    if earlier is not None and folder is not None:
        check_study(earlier, study, folder / FILE_NAME)
        number, sequence = earlier.to_continue(study)
        wishes = replace(wishes, round=number, sequence=sequence)
    evaluation = checked.evaluation
    made = next_round(
        study,
        evaluation.of_study(study),
        {rule: note.summary for rule, note in evaluation.rules.items()},
        questions=evaluation.questions if len(evaluation.studies) == 1 else (),
        wishes=wishes,
    )
    return replace(made, command=checked.configuration.confirm.command)


def _write(made: NextRound, folder: Path, exports: Sequence[str]) -> None:
    """Makes all files before it writes the first: an error leaves nothing half done."""
    from advisor.next_round import markdown, yaml_file
    from advisor.next_round.exporters import exporters

    files = {
        markdown.FILE_NAME: markdown.render(made),
        yaml_file.FILE_NAME: yaml_file.render(made),
    }
    for name in exports:
        exporter = exporters()[name]
        own = exporter.SUFFIX.endswith("search_space.json")
        file = exporter.SUFFIX if own else f"next_round.{exporter.SUFFIX}"
        files[file] = exporter.export(made)
    folder.mkdir(parents=True, exist_ok=True)
    for file, content in files.items():
        (folder / file).write_text(content, "utf-8")


def _rendered(rounds: Sequence[NextRound], output: Path | None) -> str:
    from advisor.report.layout import Page

    page = Page(_WIDTH)
    some = [each for each in rounds if each.searched or each.changed]
    for made in some[:_MOST_SHOWN]:
        page.blank()
        _show(page, made)
    page.blank()
    if len(some) > _MOST_SHOWN:
        page.add(f"and the rounds of {len(some) - _MOST_SHOWN} more studies.")
    idle = len(rounds) - len(some)
    if idle:
        studies = "1 study has" if idle == 1 else f"{idle} studies have"
        page.add(f"{studies} nothing to search: no hyperparameter varies.")
    if output is not None:
        page.add(f"Points, plan and reasons: {output}")
    else:
        page.add("Points, plan and reasons in full: add --output FOLDER.")
    return page.plain()


def _show(page: Page, made: NextRound) -> None:
    from advisor.next_round.markdown import after_in_words, before_in_words

    page.add(f"{made.study}: round {made.round}, {made.phase}", style="bold")
    repeats = sum(each.more for each in made.repeats)
    more = f" and {repeats} repeats" if repeats else ""
    page.add(f"{len(made.points)} new trials{more}: {made.trials_reason}", indent=2)
    page.blank()
    _row(page, ("hyperparameter", "before", "after", "because of"))
    for each in made.hyperparameters:
        if each.searched or each.changes:
            rules = dict.fromkeys(
                made.causes[change.finding].rule
                for change in each.changes
                if change.finding in made.causes
            )
            because = ", ".join(rules) or ("the plan" if each.changes else "")
            words = (before_in_words(each), after_in_words(each))
            _row(page, (each.name, *words, because))
    for quantity in made.quantities:
        causes = [each.finding for each in quantity.changes]
        rules = dict.fromkeys(made.causes[each].rule for each in causes)
        before = "" if quantity.before is None else f"{quantity.before}"
        _row(page, (quantity.name, before, f"{quantity.after}", ", ".join(rules)))
    page.blank()
    for note in made.notes:
        page.add(note, label="  - ", indent=4, limit=3)
    lost = dict.fromkeys((each.asked, each.because) for each in made.conflicts)
    for asked, because in list(lost)[:_MOST_LOST]:
        page.add(f"Not done: {asked}. {because}", label="  ! ", indent=4, limit=3)
    if len(lost) > _MOST_LOST:
        page.add(f"and {len(lost) - _MOST_LOST} more that were not done", indent=4)


def _row(page: Page, words: tuple[str, str, str, str]) -> None:
    """One line of the table, every cell cut to its column."""
    from advisor.report.layout import cells, shorten
    from advisor.text import inert

    line = "  "
    for word, width in zip(words[:3], _COLUMNS, strict=True):
        cell = shorten(word, width - 1)
        line += cell + " " * (width - cells(cell))
    line += shorten(words[3], _WIDTH - cells(line))
    page.lines.append([(inert(line.rstrip()), "")])
