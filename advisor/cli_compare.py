"""`advisor compare`: whether to adopt a change. Nothing heavy is imported on load."""

from __future__ import annotations

import math
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from advisor.cli_options import CONFIG, Output, OutputType
from advisor.cli_output import WIDTH

if TYPE_CHECKING:
    from advisor.gate.comparison import Comparison

_FORMS = ("text", "markdown", "json", "comment", "github", "step-summary")
_AGAINST = "--against"


class _Compare(click.Command):
    """Lets several paths follow `--against`, up to the next option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        spread: list[str] = []
        after, first = False, False
        options, rest = args, list[str]()
        if "--" in args:  # what follows are candidates, whatever they are called
            options, rest = args[: args.index("--")], args[args.index("--") :]
        for arg in options:
            if arg == _AGAINST:
                after = first = True
                continue
            if arg.startswith("-") and not first:
                after = False
            if after:
                spread.append(_AGAINST)
            spread.append(arg)
            first = False
        if first:
            spread.append(_AGAINST)
        return super().parse_args(ctx, [*spread, *rest])


def _finite(
    ctx: click.Context, param: click.Parameter, value: float | None
) -> float | None:
    """NaN is neither below nor above any bound."""
    if value is not None and not math.isfinite(value):
        raise click.BadParameter(f"expected a number, found {value}")
    return value


@click.command(cls=_Compare)
@click.argument(
    "candidate",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, path_type=Path),
)
@click.option(
    _AGAINST,
    "incumbents",
    multiple=True,
    required=True,
    metavar="INCUMBENT...",
    type=click.Path(exists=True, path_type=Path),
    help="The logs of what is used at present.",
)
@click.option(
    "--min-gain",
    type=click.FloatRange(min=0, min_open=True),
    callback=_finite,
    help="The gain below which the change is not worth having, in the objective's "
    "unit; default: fact worthwhile_difference.",
)
@CONFIG
@click.option(
    "--format",
    "form",
    type=click.Choice(_FORMS),
    default="text",
    help="What to print; default: text.",
)
@click.option(
    "--output",
    "-o",
    "outputs",
    multiple=True,
    type=OutputType(_FORMS),
    metavar="[FORMAT=]FILE",
    help="Write it here as well, Markdown unless a FORMAT is given; may be repeated.",
)
@click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever the verdict is.")
def compare(
    candidate: tuple[Path, ...],
    incumbents: tuple[Path, ...],
    min_gain: float | None,
    config: Path | None,
    form: str,
    outputs: tuple[Output, ...],
    exit_zero: bool,
) -> None:
    """Say whether the change behind the trials below CANDIDATE is to be adopted.

    Each side is one trial, repeats with several seeds, or a study that was tuned.
    advisor.yaml is looked for beside the incumbent.

    Exit code: 0 adopt, 1 do not adopt or run more repeats, 2 no usable input.
    """
    from advisor.gate.comparison import AdoptionVerdict

    comparison = _compared(candidate, incumbents, config, min_gain)
    for output in outputs:
        _write(comparison, output)
    click.echo(_rendered(comparison, form), nl=False)
    if comparison.verdict is not AdoptionVerdict.ADOPT and not exit_zero:
        sys.exit(1)


def _compared(
    candidate: tuple[Path, ...],
    incumbents: tuple[Path, ...],
    config: Path | None,
    min_gain: float | None,
) -> Comparison:
    from advisor.engine.rule_set import load_rules
    from advisor.gate.comparison import compare as compare_sides
    from advisor.gate.comparison_side import read_side
    from advisor.gate.weakening import weakening
    from advisor.interpret.configuration import load_configuration
    from advisor.pipeline import settings_of

    # Not beside the candidate: a change must not bring its own thresholds.
    configuration = load_configuration(incumbents[0], config)
    settings = settings_of(configuration)
    rules = load_rules(settings)
    comparison = compare_sides(
        read_side("candidate", candidate, configuration),
        read_side("incumbent", incumbents, configuration),
        rules,
        settings,
        configuration.facts,
        min_gain=min_gain,
    )
    told = weakening(configuration, (*candidate, *incumbents))
    return replace(comparison, notices=told)


def _write(comparison: Comparison, output: Output) -> None:
    from advisor.written import Written, write

    content = _rendered(comparison, output.form).encode()
    write([Written(output.path, content, appends=output.form == "step-summary")])


def _rendered(comparison: Comparison, form: str) -> str:
    if form == "json":
        from advisor.gate.comparison_json import as_json

        return as_json(comparison)
    if form in ("comment", "github", "step-summary"):
        from advisor.gate import comparison_brief as brief

        forms = {
            "comment": brief.as_comment,
            "github": brief.as_github,
            "step-summary": brief.as_step_summary,
        }
        return forms[form](comparison)
    from advisor.gate.comparison_text import as_markdown, as_text

    if form == "markdown":
        return as_markdown(comparison)
    return as_text(comparison, width=WIDTH)
