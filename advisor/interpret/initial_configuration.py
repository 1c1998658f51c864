"""A first advisor.yaml: the readings of the logs filled in, ready to edit.

What was declared or is certain stands as entries; what was only observed or guessed
stands in comments, because an observed range written down would count as declared.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from advisor.interpret.yaml_text import yaml_text
from advisor.model.search_space import Hyperparameter
from advisor.model.study import Objective, Study
from advisor.text import printable

_HEAD = """\
# What advisor understood of these logs. Correct what is wrong; delete what is right
# and should follow the logs. `advisor inspect` shows the reasons.
"""
_FACTS = """\
# Answers to what logs cannot tell; the report asks for those that would change advice.
facts: {}
  # compute_bound: true
  # comparing_regularisation: true
"""
_RULES = """\
rules:
  disable: []
  # - {id: still-improving, reason: "the budget is fixed"}
  parameters: {}
"""


def initial_configuration(studies: Sequence[Study]) -> str:
    """The text of the file; it loads as it is."""
    return "\n".join((_HEAD, *_sections(studies), _FACTS, _RULES))


def _sections(studies: Sequence[Study]) -> Iterator[str]:
    objectives = [study.objective for study in studies if study.objective is not None]
    if objectives and all(each == objectives[0] for each in objectives):
        yield f"objective: {_objective(objectives[0])}\n"
    elif objectives:
        yield "# The studies compare different metrics; see `studies` below.\n"
    yield from _metrics(studies)
    yield from _hyperparameters(studies)
    if len(studies) > 1:
        yield _studies(studies)


def _objective(objective: Objective) -> str:
    return yaml_text(
        {
            "metric": objective.metric,
            "goal": objective.goal.value,
            "selection": objective.selection,
        }
    )


def _metrics(studies: Sequence[Study]) -> Iterator[str]:
    """Tags by part, where all studies that have the part agree."""
    lines = []
    for part in dict.fromkeys(part for study in studies for part in study.metrics):
        tags = {study.metrics[part] for study in studies if part in study.metrics}
        if part == "validation_error":
            continue
        for tag in sorted(tags):
            # A sum of tags, and tags that differ between studies, follow the logs.
            note = "# " if len(tags) > 1 or " + " in tag else ""
            lines.append(f"  {note}{part}: {yaml_text(tag)}\n")
    if lines:
        active = any(not line.lstrip().startswith("#") for line in lines)
        yield f"metrics:{'' if active else ' {}'}\n{''.join(lines)}"


def _hyperparameters(studies: Sequence[Study]) -> Iterator[str]:
    first: dict[str, Hyperparameter] = {}
    for study in studies:
        for each in study.search_space.varied:
            first.setdefault(each.name, each)
    if not first:
        return
    lines = [_hyperparameter(each) for each in first.values()]
    active = any(not line.lstrip().startswith("#") for line in lines)
    yield f"hyperparameters:{'' if active else ' {}'}\n{''.join(lines)}"


def _hyperparameter(each: Hyperparameter) -> str:
    said: dict[str, object] = {}
    if each.ordered:
        lower, upper = each.bounds
        said = {"lower": lower, "upper": upper, "scale": each.scale}
        if each.hard:
            said["hard"] = sorted(each.hard)
    said["role"] = each.role
    entry = f"{yaml_text(each.name)}: {yaml_text(said)}"
    if each.declared or not each.ordered:
        return f"  {entry}\n"
    return f"  # {entry}  # bounds only observed: correct them, then uncomment\n"


def _studies(studies: Sequence[Study]) -> str:
    lines = ["studies: []\n", "  # The folders decide; to put studies together anew:\n"]
    for study in studies[:20]:
        entry: dict[str, object] = {"name": study.name, "match": f"{study.name}/*"}
        line = yaml_text(entry)
        if study.objective is not None:
            line = f"{line[:-1]}, objective: {_objective(study.objective)}}}"
        lines.append(f"  # - {printable(line)}\n")
    return "".join(lines)
