"""`advisor suggest`: the next round. Nothing heavy is imported on load."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from advisor.cli_options import CONFIG, PATHS
from advisor.errors import AdvisorError
from advisor.next_round.exporters import names

if TYPE_CHECKING:
    from advisor.model.finding import Evaluation
    from advisor.model.next_round import NextRound, Sampler
    from advisor.model.study import Study
    from advisor.next_round.earlier import EarlierRound
    from advisor.next_round.plan import Wishes


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
@click.option(
    "--last",
    is_flag=True,
    help="No round follows: all points are chosen by what was learned.",
)
@click.option(
    "--sampler",
    type=click.Choice(["model", "tpe"]),
    default="model",
    show_default=True,
    help="What learns from earlier trials: a Gaussian process, or Optuna's TPE.",
)
def suggest(
    paths: tuple[Path, ...],
    config: Path | None,
    output: Path | None,
    exports: tuple[str, ...],
    trials: int | None,
    seed: int | None,
    last: bool,
    sampler: Sampler,
) -> None:
    """Turn the findings on the trials below PATHS into the next round.

    Search space, points and plan, with the finding behind every change. The folder of
    --output is read first: what was planned there and run since is continued.
    """
    if exports and output is None:
        raise AdvisorError("--export writes files: add --output FOLDER")
    from advisor.next_round.plan import Wishes

    wishes = Wishes(trials, seed, last=last, sampler=sampler)
    evaluation, checked, command = _checked(paths, config, output)
    rounds = []
    for each in checked:
        made = _next_round(evaluation, each.study, each.earlier, wishes)
        made = replace(made, command=command)
        rounds.append(made)
        if each.folder is not None:
            _write(made, each.folder, exports)
    from advisor.cli_suggest_page import rendered

    click.echo(rendered(rounds, output), nl=False)


@dataclass(frozen=True, slots=True)
class _Checked:
    """One study with what was planned for it, and where its next round goes."""

    study: Study
    folder: Path | None
    earlier: EarlierRound | None


def _checked(
    paths: tuple[Path, ...], config: Path | None, output: Path | None
) -> tuple[Evaluation, list[_Checked], tuple[str, ...]]:
    """The conclusions on all studies, each in the search space of its last round."""
    from advisor.engine.rule_set import load_rules
    from advisor.interpret.configuration import load_configuration
    from advisor.next_round.continued import continued, planned_in
    from advisor.next_round.earlier import check_study, read_earlier
    from advisor.next_round.yaml_file import FILE_NAME
    from advisor.pipeline import evaluate, read, settings_of

    configuration = load_configuration(paths[0], config)
    settings = settings_of(configuration)
    rules = load_rules(settings)
    logs, studies = read(paths, configuration)
    checked = []
    for study, folder in _folders(studies, output):
        earlier = read_earlier(folder / FILE_NAME) if folder is not None else None
        if earlier is not None and folder is not None:
            check_study(earlier, study, folder / FILE_NAME)
            if earlier.was_run(study):
                planned = planned_in(earlier.hyperparameters, study)
                study = continued(study, planned)
        checked.append(_Checked(study, folder, earlier))
    evaluation = evaluate(logs, [each.study for each in checked], rules, settings)
    return evaluation, checked, configuration.confirm.command


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
    evaluation: Evaluation,
    study: Study,
    earlier: EarlierRound | None,
    wishes: Wishes,
) -> NextRound:
    from advisor.next_round.plan import next_round

    if earlier is not None:
        number, sequence = earlier.to_continue(study)
        run = earlier.was_run(study)
        wishes = replace(
            wishes,
            round=number,
            sequence=sequence,
            constraints=earlier.constraints if run else (),
        )
    return next_round(
        study,
        evaluation.of_study(study),
        {rule: note.summary for rule, note in evaluation.rules.items()},
        leads=evaluation.leads_in(study),
        questions=evaluation.questions if len(evaluation.studies) == 1 else (),
        wishes=wishes,
    )


def _write(made: NextRound, folder: Path, exports: Sequence[str]) -> None:
    """Makes all files before it writes the first: an error leaves nothing half done."""
    from advisor.next_round import markdown, yaml_file
    from advisor.next_round.exporters import exporters
    from advisor.written import Written, write

    files = {
        markdown.FILE_NAME: markdown.render(made),
        yaml_file.FILE_NAME: yaml_file.render(made),
    }
    for name in exports:
        exporter = exporters()[name]
        own = exporter.SUFFIX.endswith("search_space.json")
        file = exporter.SUFFIX if own else f"next_round.{exporter.SUFFIX}"
        files[file] = exporter.export(made)
    write(Written(folder / file, text.encode()) for file, text in files.items())
