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
_CONFIRM_KEYS = frozenset(
    {"none", "reproduce", "counterfactual", "decides", "confirmed_if"}
)
_WORD = re.compile(r"[A-Za-z]+")
_SUBJECT_KEYS = ("trial", "configuration", "of")


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
        sentences.append(_reproduce(confirm["reproduce"]))
    if "counterfactual" in confirm:
        sentences.append(_counterfactual(confirm["counterfactual"]))
    for key, value in confirm.items():
        if key not in _CONFIRM_KEYS:
            sentences.append(
                f"{str(key).replace('_', ' ').capitalize()}: {value_in_words(value)}."
            )
    if "decides" in confirm:
        sentences.append(f"Compare `{value_in_words(confirm['decides'])}`.")
    if "confirmed_if" in confirm:
        condition = value_in_words(confirm["confirmed_if"]).rstrip(".")
        sentences.append(f"Confirmed if {condition}.")
    return tuple(sentences)


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


def _reproduce(part: Any) -> str:
    if not isinstance(part, Mapping):
        return f"Train {value_in_words(part)} again."
    subject = next((part[key] for key in _SUBJECT_KEYS if key in part), None)
    what = f" `{subject}`" if subject is not None else ""
    seeds = part.get("seeds")
    times = f" with {count(seeds, 'new seed')}" if isinstance(seeds, int) else ""
    rest = {k: v for k, v in part.items() if k not in (*_SUBJECT_KEYS, "seeds")}
    also = f" ({arguments_in_words(rest)})" if rest else ""
    return f"Train{what} again{times}{also}."


def _counterfactual(parts: Any) -> str:
    if not isinstance(parts, Sequence) or isinstance(parts, str):
        parts = [parts]
    changes = [
        value_in_words(part["set"])
        if isinstance(part, Mapping) and set(part) == {"set"}
        else arguments_in_words(part)
        if isinstance(part, Mapping)
        else value_in_words(part)
        for part in parts
    ]
    return f"Beside it, the same but for: {'; or '.join(changes)}."
