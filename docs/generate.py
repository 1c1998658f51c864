"""Rewrites the generated blocks of README.md and the example report from the code.

`--check` only compares README.md with the code.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import shutil
import sys
from functools import cache
from pathlib import Path

import click

import advisor.loaders
from advisor.cli import main as command_line
from advisor.cli_confirm import confirmed
from advisor.engine.rule_set import load_rules
from advisor.interpret.configuration import Configuration
from advisor.pipeline import Checked, check
from advisor.report import outputs
from advisor.written import images_of

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
DEMO = Path("fixtures/trainer-sweep")
WORKDIR = Path("demo-report/trained")
BUDGET = "90s"
EXAMPLE = Path("docs/example-report.md")
BLOCK = re.compile(
    r"(<!-- generated: (\w+) -->\n).*?(<!-- end of generated -->)", re.DOTALL
)
GROUPS = (
    "search-space",
    "training-curves",
    "stability",
    "training-steps",
    "batch-size",
    "adoption",
    "evaluation",
    "tracking",
)
QUOTED = 3  # recommendations in the excerpt


def rules_table() -> str:
    """Every rule by group: id and summary."""
    rules = sorted(load_rules(), key=lambda rule: (GROUPS.index(rule.group), rule.id))
    rows = [f"| {r.group} | `{r.id}` | {r.source.summary} |" for r in rules]
    return "\n".join(["| group | rule | says |", "| --- | --- | --- |", *rows])


def formats_table() -> str:
    """Every loader: its name and what it reads."""
    rows = []
    for info in pkgutil.iter_modules(advisor.loaders.__path__):
        module = importlib.import_module(f"advisor.loaders.{info.name}")
        if hasattr(module, "NAME"):
            rows.append(f"| {module.NAME} | {module.READS} |")
    return "\n".join(["| format | reads |", "| --- | --- |", *rows])


def commands_table() -> str:
    """Every command: how it is called and what it does."""
    rows = []
    for name, command in command_line.commands.items():
        arguments = [
            each.make_metavar(click.Context(command))
            for each in command.params
            if isinstance(each, click.Argument)
        ]
        call = " ".join(["advisor", name, *arguments])
        says = (command.help or "").split("\n\n")[0].replace("\n", " ")
        rows.append(f"| `{call}` | {says} |")
    return "\n".join(["| command | does |", "| --- | --- |", *rows])


def excerpt() -> str:
    """The head of the example report, quoted; its links lead to the whole report."""
    report = EXAMPLE.read_text("utf-8")
    head, _, rest = report.partition(f"\n\n{QUOTED + 1}. ")
    if not rest:
        head = report.partition("\n\n## ")[0]
    head = head.partition("\n\n")[2].replace("## Do these next", "**Do these next**")
    head = head.replace("](#", f"]({EXAMPLE}#")
    return "\n".join(f"> {line}".rstrip() for line in head.splitlines())


@cache
def demo() -> Checked:
    """What the advisor says of the shipped sweep."""
    return check([DEMO], Configuration())


BUILDERS = {
    "rules": rules_table,
    "formats": formats_table,
    "commands": commands_table,
    "excerpt": excerpt,
}


def generated(text: str) -> str:
    """`text` with every generated block brought up to date."""
    return BLOCK.sub(
        lambda match: f"{match[1]}{BUILDERS[match[2]]()}\n{match[3]}", text
    )


def main() -> int:
    """Writes or checks; exit code 1 if README.md is out of date."""
    before = README.read_text("utf-8")
    if "--check" in sys.argv:
        return int(before != generated(before))
    shutil.rmtree(images_of(EXAMPLE), ignore_errors=True)
    evaluation = confirmed(demo(), (), WORKDIR, BUDGET, None)
    outputs.write(evaluation, "markdown", EXAMPLE)
    README.write_text(generated(before), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
