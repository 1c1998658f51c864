"""The conditions and templates of a rule file, each with its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from advisor.engine.rule_schema import EDITS, AdoptionPart, RuleFile
from advisor.safe_yaml import Place


def conditions_of(source: RuleFile) -> Iterable[tuple[Place, str]]:
    """Every condition and look-up, and where it stands."""
    yield ("fires",), source.fires
    if source.only is not None:
        yield ("only", "when"), source.only.when
    for i, look_up in enumerate(source.evidence):
        yield ("evidence", i), look_up
    if source.trials is not None:
        yield ("trials",), source.trials
    for i, wording in enumerate(source.messages):
        if wording.when is not None:
            yield ("message", i, "when"), wording.when
    for key in ("requires", "inconclusive", "severity", "caveats", "advice"):
        for i, part in enumerate(getattr(source, key)):
            if part.when is not None:
                yield (key, i, "when"), part.when
    for key in (*EDITS, "yields_to", "asks"):
        for i, part in enumerate(getattr(source, key)):
            if part.when is not None:
                yield (key, i, "when"), part.when
    for key in EDITS:
        for i, edit in enumerate(getattr(source, key)):
            if edit.each is not None:
                yield (key, i, "each"), edit.each
    if source.adoption is not None:
        yield from _adoption_conditions(source.adoption)
    for i, arm in enumerate(source.confirm.get("counterfactual", ())):
        if arm.get("when") is not None:
            yield ("confirm", "counterfactual", i, "when"), arm["when"]


def templates_of(source: RuleFile) -> Iterable[tuple[Place, str]]:
    """Every text with holes, and where it stands."""
    for i, wording in enumerate(source.messages):
        yield ("message", i, "say"), wording.say
    for i, inconclusive in enumerate(source.inconclusive):
        yield ("inconclusive", i, "because"), inconclusive.because
    for i, caveat in enumerate(source.caveats):
        yield ("caveats", i, "say"), caveat.say
    for i, advice in enumerate(source.advice):
        yield ("advice", i, "do"), advice.do
        yield ("advice", i, "why"), advice.why
    if source.adoption is not None:
        yield from _adoption_templates(source.adoption)
    for i, question in enumerate(source.asks):
        for key in ("question", "because", "example"):
            yield ("asks", i, key), getattr(question, key)
    for key in EDITS:
        for i, edit in enumerate(getattr(source, key)):
            yield (key, i, "target"), edit.target
            yield from _texts((key, i, "with"), edit.with_)
    yield from _texts(("confirm",), source.confirm)


def _adoption_templates(part: AdoptionPart) -> Iterable[tuple[Place, str]]:
    yield ("adoption", "clear"), part.clear
    for i, wording in enumerate(part.messages):
        yield ("adoption", "message", i, "say"), wording.say
    for i, case in enumerate(part.cases):
        yield ("adoption", "cases", i, "say"), case.say
        yield ("adoption", "cases", i, "do"), case.do
    for i, advice in enumerate(part.advice or ()):
        yield ("adoption", "advice", i, "do"), advice.do
        yield ("adoption", "advice", i, "why"), advice.why


def _adoption_conditions(part: AdoptionPart) -> Iterable[tuple[Place, str]]:
    for i, wording in enumerate(part.messages):
        if wording.when is not None:
            yield ("adoption", "message", i, "when"), wording.when
    for i, case in enumerate(part.cases):
        yield ("adoption", "cases", i, "when"), case.when
    for i, advice in enumerate(part.advice or ()):
        if advice.when is not None:
            yield ("adoption", "advice", i, "when"), advice.when
    if part.repeat is not None:
        for key in ("of_each", "detects", "power"):
            if (text := getattr(part.repeat, key)) is not None:
                yield ("adoption", "repeat", key), text


def _texts(place: Place, value: Any) -> Iterable[tuple[Place, str]]:
    """All texts inside nested data, with their places."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if isinstance(key, str):
                yield (*place, key), key
            if key != "when":
                yield from _texts((*place, key), item)
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from _texts((*place, i), item)
