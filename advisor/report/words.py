"""Edits and confirming experiments, which are data, in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from advisor.model.finding import Edit, Finding
from advisor.model.study import Study
from advisor.report.numbers import count, setting

_EDITS = {
    "widen": "search further on",
    "narrow": "search a smaller range of",
    "set": "set",
    "fix": "keep fixed",
    "free": "search over",
    "exclude": "exclude a part of",
    "rescale": "change the scale of",
    "trials": "number of trials",
    "repeat": "train again",
}
_SEEDS = 6  # as the engine has it where a rule does not say
_TRIALS = 3
_WORD = re.compile(r"[A-Za-z]+")


def edit_in_words(edit: Edit) -> str:
    """One line: what changes, and how."""
    verb = _EDITS.get(edit.kind, edit.kind.replace("_", " "))
    target = f" `{edit.target}`" if edit.target else ""
    details = arguments_in_words(edit.arguments)
    return f"{verb}{target}{': ' + details if details else ''}"


def arguments_in_words(arguments: Mapping[str, Any]) -> str:
    """`upper 0.1, scale log`."""
    return ", ".join(
        f"{str(key).replace('_', ' ')} {value_in_words(value)}"
        for key, value in arguments.items()
    )


def value_in_words(value: Any) -> str:
    """A value of an edit or a confirming experiment, nested ones too."""
    if isinstance(value, Mapping):
        return "; ".join(
            f"`{key}` = {value_in_words(item)}" for key, item in value.items()
        )
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(value_in_words(item) for item in value)
    return setting(value)


def value_in_yaml(value: Any) -> str:
    """A fact as the user wrote it: `true`, not `yes`."""
    return str(value).lower() if isinstance(value, bool) else setting(value)


def confirm_in_words(confirm: Mapping[str, Any]) -> tuple[str, ...]:
    """The confirming experiment as sentences, in the order of doing it."""
    if not confirm:
        return ()
    if "none" in confirm:
        return (f"No experiment: {value_in_words(confirm['none'])}",)
    sentences = []
    if "reproduce" in confirm:
        sentences.append(_reproduce(confirm["reproduce"], confirm.get("seeds", _SEEDS)))
    if "counterfactual" in confirm:
        sentences.append(_counterfactual(confirm["counterfactual"]))
    measure = confirm.get("measure")
    if measure:
        what = "the objective" if measure == "objective" else f"`{measure}`"
        sentences.append(f"Compare {what}.")
    if "confirmed_if" in confirm:
        condition = value_in_words(confirm["confirmed_if"]).rstrip(".")
        sentences.append(f"Confirmed if {condition}.")
    return tuple(filter(None, sentences))


def names_in(finding: Finding, study: Study | None) -> tuple[str, ...]:
    """The names from logs that the texts of a finding may hold.

    A hyperparameter that is called like an English word (`weights`) is none: the advice
    would be full of code.
    """
    names = [finding.subject.name, finding.subject.study, *finding.trials[:50]]
    others = [each.value for each in finding.evidence if isinstance(each.value, str)]
    if study is not None:
        others += [each.name for each in study.search_space]
        names += [study.best.name] if study.best else []
        names += [study.objective.metric] if study.objective else []
    names += [name for name in others if not _WORD.fullmatch(name)]
    return tuple(dict.fromkeys(names))


def listing(items: Iterable[str], *, limit: int) -> str:
    """`a, b, c and 12 more`."""
    everything = list(items)
    shown = everything[:limit]
    hidden = len(everything) - len(shown)
    return ", ".join(shown) + (f" and {hidden:,} more" if hidden else "")


def _reproduce(part: Mapping[str, Any], seeds: Any) -> str:
    """Reads: Train t3 again with 6 new seeds, learning_rate × 5."""
    names = part.get("trial") or part.get("trials") or ()
    if not isinstance(names, str):
        names = listing(map(str, names), limit=_TRIALS)
    times = count(seeds, "new seed") if isinstance(seeds, int) else "new seeds"
    return f"Train `{names}` again with {', '.join([times, *_changes(part)])}."


def _counterfactual(parts: Sequence[Mapping[str, Any]]) -> str:
    arms = [
        ", ".join(_changes(part)) or f"the configuration of `{part['trial']}`"
        for part in parts
    ]
    return f"Beside it, the same but for: {'; or '.join(arms)}." if arms else ""


def _changes(part: Mapping[str, Any]) -> list[str]:
    """Each change, as `dropout` = 0.2 or `learning_rate` × 0.1."""
    shown = [f"`{key}` = {setting(v)}" for key, v in part.get("set", {}).items()]
    return shown + [
        f"`{key}` × {setting(v)}" for key, v in part.get("multiply", {}).items()
    ]
