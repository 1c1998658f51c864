"""`advisor tune`: the whole loop. Nothing heavy is imported on load."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from advisor.cli_options import CONFIG, NO_CACHE
from advisor.cli_output import WIDTH, progress_bar
from advisor.errors import AdvisorError
from advisor.text import lines_for_people, printable

if TYPE_CHECKING:
    from advisor.interpret.configuration import Configuration
    from advisor.model.study import Study
    from advisor.tune.loop import Limits, Tuning


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@NO_CACHE
@CONFIG
@click.option(
    "--output",
    "-o",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("advisor-tune"),
    show_default=True,
    help="Rounds, their reports and journal.md; what is there is continued.",
)
@click.option(
    "--rounds",
    type=click.IntRange(1, 100),
    default=4,
    show_default=True,
    help="Rounds to train, those of earlier calls included.",
)
@click.option(
    "--trials",
    type=click.IntRange(1, 10_000),
    default=80,
    show_default=True,
    help="Trials in all these rounds, shared out equally.",
)
@click.option(
    "--budget",
    default="1h",
    show_default=True,
    help="About how long this call may train, e.g. 90s, 10m, 2h.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**32 - 1),
    default=0,
    show_default=True,
    help="Of the quasi-random points.",
)
@click.option(
    "--executor",
    metavar="WHERE",
    help="processes://N on this machine, or dask://HOST:PORT; default: here.",
)
@click.option("--plots/--no-plots", default=True, help="PNG files in the reports.")
@click.option("--dry-run", is_flag=True, help="Show what the next round would train.")
def tune(
    paths: tuple[Path, ...],
    config: Path | None,
    output: Path,
    rounds: int,
    trials: int,
    budget: str,
    seed: int,
    executor: str | None,
    plots: bool,
    dry_run: bool,
) -> None:
    """Train round after round, each planned from what the ones before showed.

    Begins with the logs below PATHS, or with the search space that advisor.yaml gives
    below `tune`. Trials are trained by the command or model of advisor.yaml
    (`confirm`), or by the bundled trainer. Interrupted, the same call goes on.
    """
    from advisor.confirm.budget import seconds_of
    from advisor.confirm.executors import executor_of
    from advisor.tune.loop import Limits

    limits = Limits(rounds, trials, seconds_of(budget), seed)
    with executor_of(executor) as place, _bar() as tell:
        tuning = _tuning(paths, config, output, limits)
        tuning.executor, tuning.tell, tuning.plots = place, tell, plots
        if dry_run:
            click.echo(lines_for_people(_what_would_run(tuning)), nl=False)
            return
        try:
            tuning.run()
        except KeyboardInterrupt:
            raise AdvisorError(
                f"interrupted; what was trained is kept in {output}, and the same "
                "call goes on from there"
            ) from None
    click.echo(_rendered(tuning), nl=False)


def _tuning(
    paths: tuple[Path, ...], config: Path | None, output: Path, limits: Limits
) -> Tuning:
    from advisor.confirm.executors import HERE
    from advisor.interpret.configuration import load_configuration
    from advisor.tune.loop import Tuning, check_place
    from advisor.tune.reading import Reader
    from advisor.tune.trainable import trainable_of

    configuration = load_configuration(paths[0] if paths else None, config)
    study = _study(paths, configuration) if paths else None
    reader = Reader.of(paths, output, configuration, study)
    check_place(output, reader)
    trainable = trainable_of(configuration, (*paths, output), study)
    return Tuning(reader, trainable, limits, HERE)


def _study(paths: tuple[Path, ...], configuration: Configuration) -> Study:
    from advisor.pipeline import read

    _, studies = read(paths, configuration)
    if len(studies) != 1:
        names = ", ".join(printable(each.name) for each in studies[:8])
        raise AdvisorError(
            f"expected the logs of one study, found {len(studies)}: {names}; pass the "
            "folder of one, or choose by `trials` and `studies` in advisor.yaml"
        )
    return studies[0]


def _what_would_run(tuning: Tuning) -> str:
    """The trials of the next round, one a line."""
    planned = tuning.next_planned()
    if planned is None:
        return f"Nothing would be trained: {tuning.stopped}.\n"
    pipeline = tuning.trainable.pipeline
    lines = [
        f"round {planned.number}, {planned.phase}: {len(planned.trials)} trials of "
        f"{pipeline.workload}"
    ]
    lines += [
        f"  {name}  {pipeline.described(each.settings)}"
        for name, each in planned.trials.items()
    ]
    return "".join(f"{printable(line)}\n" for line in lines)


def _rendered(tuning: Tuning) -> str:
    from advisor.report.layout import Page
    from advisor.tune import journal

    page = Page(WIDTH)
    if tuning.outcomes:
        page.add(journal.headline(tuning.told))
    page.add(f"It ended because {tuning.stopped}.")
    if tuning.outcomes:
        best = tuning.outcomes[-1].best
        for name, value in best.values.items() if best is not None else ():
            page.add(f"{name}: {value}", indent=2)
        page.add(f"What was learned: {tuning.directory / journal.FILE_NAME}")
    return page.plain()


@contextmanager
def _bar() -> Iterator[Callable[[int, int, int], None]]:
    """A bar about the round, or a line a round where nobody looks at it."""
    with progress_bar("tuning") as bar:
        if bar is None:
            yield _Lines()
        else:
            yield lambda number, done, total: bar(f"round {number}", done, total)


class _Lines:
    """Says of each round, once, how many trials it has."""

    def __init__(self) -> None:
        self._told: set[int] = set()

    def __call__(self, number: int, done: int, total: int) -> None:
        if number not in self._told:
            self._told.add(number)
            click.echo(f"round {number}: {total} trials", err=True)
