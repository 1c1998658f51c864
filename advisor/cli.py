"""The command line. Nothing heavy is imported before a command needs it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from advisor import __version__
from advisor.errors import AdvisorError

if TYPE_CHECKING:
    from advisor.interpret.configuration import Configuration
    from advisor.model.finding import Evaluation
    from advisor.pipeline import Progress

WIDTH = 80
_PATHS = click.argument(
    "paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path)
)
_CONFIG = click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Configuration; default: advisor.yaml or [tool.advisor] found nearby.",
)


class _Commands(click.Group):
    """Turns every error of ours into its text and exit code 2."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except AdvisorError as error:
            click.echo(f"advisor: {error}", err=True)
            ctx.exit(2)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="advisor")
def main() -> None:
    """Tells you what your training logs mean and what to do next."""


@main.command()
@_PATHS
@_CONFIG
@click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a Markdown report here, with its plots beside it.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "json"]),
    default="text",
    help="What to print; default: text.",
)
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "info"]),
    default="error",
    help="Exit with 1 for findings of at least this severity; default: error.",
)
@click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever is found.")
@click.option("--plots/--no-plots", default=True, help="PNG files for --output.")
def check(
    paths: tuple[Path, ...],
    config: Path | None,
    output: Path | None,
    form: str,
    fail_on: str,
    exit_zero: bool,
    plots: bool,
) -> None:
    """Check the trials below PATHS and recommend what to do next.

    Exit code: 0 nothing at or above --fail-on, 1 findings, 2 no usable input.
    """
    from advisor.model.finding import Severity
    from advisor.pipeline import check as check_paths

    with _progress() as progress:
        evaluation = check_paths(paths, _configuration(paths, config), progress)
    click.echo(_rendered(evaluation, form, output), nl=False)
    if output is not None:
        from advisor.report.markdown import write_report

        write_report(evaluation, output, plots=plots)
    worst = evaluation.worst
    if worst is not None and worst >= Severity[fail_on.upper()] and not exit_zero:
        sys.exit(1)


@main.command()
@_PATHS
@_CONFIG
def inspect(paths: tuple[Path, ...], config: Path | None) -> None:
    """Show what was understood of the logs below PATHS, why, and what is missing."""
    from advisor.pipeline import read
    from advisor.report import inspection

    with _progress() as progress:
        logs, studies = read(paths, _configuration(paths, config), progress)
    click.echo(inspection.render(studies, logs), nl=False)


@main.command()
@_PATHS
@_CONFIG
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

    if output.exists() and not force:
        raise AdvisorError(f"{output} exists; pass --force to overwrite it")
    _, studies = read(paths, _configuration(paths, config))
    output.write_text(initial_configuration(studies), "utf-8")
    click.echo(f"wrote {output}")


@main.command()
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def rules(form: str) -> None:
    """List the rules: id, severity and what each one says."""
    from advisor.engine.rule_list import rule_list, rule_list_as_json

    click.echo(rule_list() if form == "text" else rule_list_as_json(), nl=False)


@main.command()
@click.argument("name")
@click.option(
    "--format", "form", type=click.Choice(["markdown", "json"]), default="markdown"
)
def rule(name: str, form: str) -> None:
    """Document one rule: why, thresholds, evidence, advice, known problems."""
    from advisor.engine.rule_page import rule_as_json, rule_page
    from advisor.engine.rule_set import find_rule

    found = find_rule(name)
    click.echo(
        rule_page(found) if form == "markdown" else rule_as_json(found), nl=False
    )


@main.command()
@click.argument("finding")
@_PATHS
@_CONFIG
def explain(finding: str, paths: tuple[Path, ...], config: Path | None) -> None:
    """Show the chain from numbers to conclusion for a FINDING, or for a rule's id."""
    from advisor.engine.explain import explain as explain_finding
    from advisor.engine.rule_set import load_rules
    from advisor.pipeline import evaluate, read, settings_of

    configuration = _configuration(paths, config)
    settings = settings_of(configuration)
    loaded = load_rules(settings)
    logs, studies = read(paths, configuration)
    evaluation = evaluate(logs, studies, loaded, settings)
    click.echo(explain_finding(evaluation, loaded, finding), nl=False)


def _configuration(paths: tuple[Path, ...], explicit: Path | None) -> Configuration:
    from advisor.interpret.configuration import load_configuration

    return load_configuration(paths[0], explicit)


def _rendered(evaluation: Evaluation, form: str, output: Path | None) -> str:
    if form == "json":
        from advisor.report import json_report

        return json_report.render(evaluation)
    if form == "markdown":
        from advisor.report import markdown

        return markdown.render(evaluation)
    from advisor.report import terminal

    return terminal.render(evaluation, width=WIDTH, color=_color(), report=output)


def _color() -> bool:
    import os

    return sys.stdout.isatty() and "NO_COLOR" not in os.environ


@contextmanager
def _progress() -> Iterator[Progress | None]:
    """A progress bar on stderr, if somebody is looking at it."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
