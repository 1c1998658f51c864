"""`advisor rules` and `advisor rule`: what there is, and the manual page of each."""

from __future__ import annotations

import click


@click.command()
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def rules(form: str) -> None:
    """List the rules: id and what each one says, by group."""
    from advisor.engine.rule_list import rule_list, rule_list_as_json

    click.echo(rule_list() if form == "text" else rule_list_as_json(), nl=False)


@click.command()
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
