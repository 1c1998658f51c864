"""Arguments and options that several commands share."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import click

from advisor.report import formats

FORMS = ("text", "markdown", "json", *formats.names())


def _without_cache(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    """Until the command has ended."""
    if value:
        from advisor.loaders.cache.folder import switched_off

        ctx.with_resource(switched_off())


def _paths(function: Callable[..., None]) -> Callable[..., None]:
    given = click.Path(exists=True, path_type=Path)
    argument = click.argument("paths", nargs=-1, required=True, type=given)
    return argument(NO_CACHE(function))


NO_CACHE = click.option(
    "--no-cache",
    is_flag=True,
    expose_value=False,
    callback=_without_cache,
    help="Read every file itself, and keep nothing for the next time.",
)
PATHS = _paths


def _without_search(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    """Until the command has ended."""
    if value:
        from advisor.interpret.configuration_file import only_here

        ctx.with_resource(only_here())


def _config(function: Callable[..., None]) -> Callable[..., None]:
    named = click.option(
        "--config",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="Configuration; default: advisor.yaml or [tool.advisor] found nearby.",
    )
    no_search = click.option(
        "--no-search",
        is_flag=True,
        expose_value=False,
        callback=_without_search,
        help="Take the configuration of the working directory or none: what lies "
        "among the logs is not looked at.",
    )
    return named(no_search(function))


CONFIG = _config


class Output(NamedTuple):
    """A file to write, and in which format."""

    form: str
    path: Path


class OutputType(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    """`report.md`, or `FORMAT=FILE`; what is no format is part of the file's name."""

    name = "output"

    def __init__(self, forms: Sequence[str] = FORMS) -> None:
        self.forms = forms

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Output:
        """The format before the first `=`, else Markdown."""
        if isinstance(value, Output):
            return value
        form, equals, file = str(value).partition("=")
        if not equals or form not in self.forms:
            if equals and re.fullmatch(r"[a-z-]+", form):
                self.fail(f"{form} is no format; there are {', '.join(self.forms)}")
            form, file = "markdown", str(value)
        path = Path(file)
        if not file or path.is_dir():
            self.fail(f"expected a file to write, found {file or 'nothing'}")
        return Output(form, path)


def output_options(function: Callable[..., None]) -> Callable[..., None]:
    """The options of everything that reports."""
    for option in (
        click.option(
            "--plots/--no-plots", default=True, help="PNG files for Markdown reports."
        ),
        click.option(
            "--format",
            "form",
            type=click.Choice(FORMS),
            default="text",
            help="What to print; default: text.",
        ),
        click.option(
            "--output",
            "-o",
            "outputs",
            multiple=True,
            type=OutputType(),
            metavar="[FORMAT=]FILE",
            help="Write a report here, Markdown with plots beside it unless a FORMAT "
            "is given; may be repeated.",
        ),
    ):
        function = option(function)
    return function


def confirm_options(function: Callable[..., None]) -> Callable[..., None]:
    """The options of everything that trains."""
    for option in (
        click.option(
            "--executor",
            metavar="WHERE",
            help="processes://N on this machine, or dask://HOST:PORT; default: here.",
        ),
        click.option(
            "--budget",
            default="10m",
            show_default=True,
            help="About how long training may take, e.g. 90s, 10m, 2h.",
        ),
        click.option(
            "--workdir",
            type=click.Path(file_okay=False, path_type=Path),
            default=Path("advisor-confirm"),
            show_default=True,
            help="Trained trials are kept here and not trained again.",
        ),
    ):
        function = option(function)
    return function
