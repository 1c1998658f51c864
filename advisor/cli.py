"""The command line. Nothing heavy is imported before a command needs it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from advisor import __version__
from advisor.cli_baseline import baseline, counted
from advisor.cli_compare import compare
from advisor.cli_confirm import confirmed, what_would_run
from advisor.cli_options import (
    CONFIG,
    PATHS,
    confirm_options,
    output_options,
)
from advisor.cli_output import answer_of, give, has_color, progress_bar
from advisor.cli_rules import rule, rules
from advisor.cli_suggest import suggest
from advisor.cli_tune import tune
from advisor.errors import AdvisorError
from advisor.text import lines_for_people

if TYPE_CHECKING:
    from advisor.interpret.configuration import Configuration
    from advisor.loaders.cache.answer import Answer
    from advisor.pipeline import Checked, Progress


class _Commands(click.Group):
    """Turns every error of ours into its text and exit code 2."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except AdvisorError as error:
            click.echo(lines_for_people(f"advisor: {error}"), err=True)
            ctx.exit(2)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="advisor")
def main() -> None:
    """Tells you what your training logs mean and what to do next."""


main.add_command(rules)
main.add_command(rule)
main.add_command(baseline)
main.add_command(compare)
main.add_command(suggest)
main.add_command(tune)


@main.command()
@PATHS
@CONFIG
@output_options
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "info"]),
    default="error",
    help="Exit with 1 for findings of at least this severity; default: error.",
)
@click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever is found.")
@click.option(
    "--baseline",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Findings that `advisor baseline` wrote there do not count.",
)
@click.option("--confirm", is_flag=True, help="Train again what was flagged, as well.")
@confirm_options
def check(
    paths: tuple[Path, ...],
    config: Path | None,
    fail_on: str,
    exit_zero: bool,
    baseline: Path | None,
    confirm: bool,
    workdir: Path,
    budget: str,
    executor: str | None,
    **output: Any,
) -> None:
    """Check the trials below PATHS and recommend what to do next.

    Exit code: 0 nothing at or above --fail-on, 1 findings, 2 no usable input.
    """
    from advisor.cli_answer import answered

    def conclude() -> Answer:
        from advisor.model.finding import Severity

        checked = _checked(paths, config)
        if confirm:
            evaluation = confirmed(checked, (), workdir, budget, executor)
        else:
            evaluation = checked.evaluation
        least = Severity[fail_on.upper()]
        evaluation = counted(evaluation, checked, baseline, fail_on=least)
        failed = evaluation.fails and not exit_zero
        return answer_of(evaluation, failed=failed, **output)

    options = click.get_current_context().params
    give(conclude() if confirm else answered(options, conclude, color=has_color()))


@main.command()
@PATHS
@CONFIG
@output_options
@click.option(
    "--only", multiple=True, metavar="ID", help="A finding or a rule; may be repeated."
)
@click.option("--dry-run", is_flag=True, help="Show what would be trained.")
@confirm_options
def confirm(
    paths: tuple[Path, ...],
    config: Path | None,
    only: tuple[str, ...],
    dry_run: bool,
    workdir: Path,
    budget: str,
    executor: str | None,
    **output: Any,
) -> None:
    """Train what was flagged again, beside the advice, and say what holds.

    Trials that the bundled trainer made are trained again exactly; others by the
    command or model that advisor.yaml names below `confirm`, or as an analogue.
    Interrupted, the same call goes on where it stopped.
    """
    checked = _checked(paths, config)
    if dry_run:
        click.echo(lines_for_people(what_would_run(checked, only)), nl=False)
        return
    evaluation = confirmed(checked, only, workdir, budget, executor)
    give(answer_of(counted(evaluation, checked, None), **output))


@main.command()
@PATHS
@CONFIG
def inspect(paths: tuple[Path, ...], config: Path | None) -> None:
    """Show what was understood of the logs below PATHS, why, and what is missing."""
    from advisor.pipeline import read
    from advisor.report import inspection

    with _progress() as progress:
        logs, studies = read(paths, _configuration(paths, config), progress)
    click.echo(inspection.render(studies, logs), nl=False)


@main.command()
@PATHS
@CONFIG
@click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("advisor.yaml"),
    help="Where to write; default: advisor.yaml.",
)
@click.option("--force", is_flag=True, help="Overwrite the file.")
def init(
    paths: tuple[Path, ...], config: Path | None, output: Path, force: bool
) -> None:
    """Write an advisor.yaml with the readings of the logs filled in, ready to edit."""
    from advisor.interpret.initial_configuration import initial_configuration
    from advisor.pipeline import read
    from advisor.written import Written, write

    if output.exists() and not force:
        raise AdvisorError(f"{output} exists; pass --force to overwrite it")
    _, studies = read(paths, _configuration(paths, config))
    write([Written(output, initial_configuration(studies).encode())])
    click.echo(f"wrote {output}")


@main.command()
@click.argument("finding")
@PATHS
@CONFIG
def explain(finding: str, paths: tuple[Path, ...], config: Path | None) -> None:
    """Show the chain from numbers to conclusion for a FINDING, or for a rule's id."""
    from advisor.engine.explain import explain as explain_finding

    checked = _checked(paths, config)
    told = explain_finding(checked.evaluation, checked.rules, finding)
    click.echo(lines_for_people(told), nl=False)


def _checked(paths: tuple[Path, ...], config: Path | None) -> Checked:
    from advisor.pipeline import check as check_paths

    with _progress() as progress:
        return check_paths(paths, _configuration(paths, config), progress)


def _configuration(paths: tuple[Path, ...], explicit: Path | None) -> Configuration:
    from advisor.interpret.configuration import load_configuration

    return load_configuration(paths[0], explicit)


@contextmanager
def _progress() -> Iterator[Progress | None]:
    """A progress bar on stderr, if somebody is looking at it."""
    with progress_bar("reading") as tell:
        yield tell and (lambda done, total: tell("reading", done, total))
