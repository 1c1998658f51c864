"""Arguments and options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

PATHS = click.argument(
    "paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path)
)
CONFIG = click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Configuration; default: advisor.yaml or [tool.advisor] found nearby.",
)


def output_options(function: Callable[..., None]) -> Callable[..., None]:
    """The options of everything that reports."""
    for option in (
        click.option(
            "--plots/--no-plots", default=True, help="PNG files for --output."
        ),
        click.option(
            "--format",
            "form",
            type=click.Choice(["text", "markdown", "json"]),
            default="text",
            help="What to print; default: text.",
        ),
        click.option(
            "--output",
            "-o",
            type=click.Path(dir_okay=False, path_type=Path),
            help="Write a Markdown report here, with its plots beside it.",
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
