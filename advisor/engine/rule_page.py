"""The manual page of a rule, generated from its file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from advisor.engine.message import show
from advisor.engine.rule import Rule
from advisor.engine.signals import SIGNALS
from advisor.model.finding import PLAYBOOK


def rule_page(rule: Rule) -> str:
    """The page as Markdown."""
    return "\n".join(_page(rule)) + "\n"


def rule_as_json(rule: Rule) -> str:
    """The rule file's content, its group and its signals, as JSON."""
    data = msgspec.to_builtins(rule.source)
    data |= {"group": rule.group, "signals": list(signals_of(rule))}
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def signals_of(rule: Rule) -> Sequence[str]:
    """The signals that the rule's features need."""
    names = [
        name
        for feature, _, optional in rule.features.values()
        for name in feature.signals
        if not optional
    ]
    return tuple(dict.fromkeys(names))


def _page(rule: Rule) -> Iterator[str]:
    source = rule.source
    yield f"# {rule.id}\n"
    yield f"{source.summary} (group {rule.group}, about a {source.subject})\n"
    yield f"**Why.** {_line(source.why)} [Playbook]({PLAYBOOK}{source.playbook})\n"
    yield from _needs(rule)
    yield "## Verdicts\n"
    yield f"- **fires** if `{_line(source.fires)}`"
    for case in source.inconclusive:
        yield f"- **inconclusive** if `{_line(case.when)}`: {_line(case.because)}"
    for need in source.requires:
        yield f"- **not evaluated** unless `{_line(need.when)}`: {need.missing}"
    yield "- **clear** otherwise\n"
    severities = (
        f"{case.is_}{f' if `{_line(case.when)}`' if case.when else ''}"
        for case in source.severity
    )
    yield f"Severity: {'; else '.join(severities)}.\n"
    if source.adoption is not None:
        yield (
            f"In a comparison it answers: {source.adoption.question} Where it fires: "
            f"{source.adoption.fires}; where it is inconclusive: "
            f"{source.adoption.inconclusive}.\n"
        )
        for each in source.adoption.cases:
            yield f"- **{each.decision}** if `{_line(each.when)}`: {_line(each.say)}"
        yield ""
    yield from _parameters(rule)
    yield from _features(rule)
    yield "## Message\n"
    for wording in source.messages:
        if wording.when is not None:
            yield f"If `{_line(wording.when)}`:\n"
        yield f"> {_line(wording.say)}\n"
    yield "## Advice\n"
    for number, advice in enumerate(source.advice, start=1):
        yield f"{number}. {_line(advice.do)} {_line(advice.why)}".rstrip()
    yield "\n## Next round\n"
    yield from _block([msgspec.to_builtins(edit) for edit in source.next_round])
    if source.meanwhile:
        yield "Where it is inconclusive:\n"
        yield from _block([msgspec.to_builtins(edit) for edit in source.meanwhile])
    yield "## Confirming experiment\n"
    yield from _block(source.confirm)
    yield "## Known problems\n"
    yield f"{_line(source.known_problems)}\n"
    for reference in source.references:
        yield f"- {reference}"


def _needs(rule: Rule) -> Iterator[str]:
    signals = signals_of(rule)
    if signals:
        yield "## What the logs must hold\n"
        for name in signals:
            signal = SIGNALS[name]
            how = f": {signal.enable}" if signal.enable else ""
            yield f"- {signal.what}{how}"
        yield ""
    if rule.depends_on:
        yield f"Reads the findings of {', '.join(sorted(rule.depends_on))}.\n"


def _parameters(rule: Rule) -> Iterator[str]:
    if not rule.source.parameters:
        return
    yield "## Parameters\n"
    yield "| name | value | reason |"
    yield "| --- | --- | --- |"
    for name, part in rule.source.parameters.items():
        yield f"| `{name}` | {show(part.value)} | {_line(part.reason)} |"
    yield ""


def _features(rule: Rule) -> Iterator[str]:
    for name, (feature, options, _) in rule.features.items():
        given = ", ".join(f"{key}: {value}" for key, value in options.items())
        yield f"## `{name}`: {feature.name}{f' ({given})' if given else ''}\n"
        yield f"{feature.summary}\n"
        yield "| number | unit | how to read it |"
        yield "| --- | --- | --- |"
        for key, quantity in feature.quantities.items():
            yield f"| `{name}.{key}` | {quantity.unit} | {quantity.meaning} |"
        yield ""


def _block(data: Mapping[str, Any] | list[Any]) -> Iterator[str]:
    import yaml

    text = yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=80)
    yield f"```yaml\n{text}```\n" if data else "No change.\n"


def _line(text: str) -> str:
    return " ".join(text.split())
