"""JUnit XML: a suite a study, a case a rule."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as Xml

from advisor.model.finding import Evaluation, Finding, Outcome, Severity
from advisor.model.study import Study
from advisor.report import summary
from advisor.report.asides import Aside, asides
from advisor.report.numbers import count
from advisor.report.summary import Tally
from advisor.text import printable

NAME = "junit"
TAKES = (
    "what shows JUnit XML; a rule with findings that count fails, one that could not "
    "decide is skipped, with the reason"
)
APPENDS = False

_MOST = 50  # findings told in one case


def render(evaluation: Evaluation) -> str:
    """What counts by `--fail-on` fails; the rest is output of a case that passes."""
    root = Xml.Element("testsuites", name="advisor")
    for study in evaluation.studies:
        _suite(root, evaluation, study)
    _besides(root, asides(evaluation, most=_MOST))
    Xml.indent(root)
    return Xml.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _suite(root: Xml.Element, evaluation: Evaluation, study: Study) -> None:
    tallies = summary.tallies(evaluation, study)
    suite = Xml.SubElement(root, "testsuite", name=_text(study.name))
    open_ones = summary.open_findings(evaluation.of_study(study))
    failures = skipped = 0
    for tally in tallies:
        case = Xml.SubElement(
            suite, "testcase", name=tally.rule, classname=_text(study.name)
        )
        own = [each for each in open_ones if each.rule == tally.rule]
        failures += _failed(case, own, evaluation.fail_on or Severity.ERROR)
        skipped += not own and _skipped(case, tally)
    suite.set("tests", str(len(tallies)))
    suite.set("failures", str(failures))
    suite.set("errors", "0")
    suite.set("skipped", str(skipped))


def _failed(case: Xml.Element, findings: list[Finding], least: Severity) -> bool:
    if not findings:
        return False
    lines = [f"{each.severity}: {each.message} ({each.id})" for each in findings]
    if len(lines) > _MOST:
        lines = [*lines[:_MOST], f"and {len(lines) - _MOST:,} more"]
    told = "\n".join(map(_text, lines))
    worst = max(each.severity for each in findings)
    if worst < least:
        Xml.SubElement(case, "system-out").text = told
        return False
    message = f"{count(len(findings), 'finding')}: {findings[0].message}"
    failure = Xml.SubElement(case, "failure", message=_text(message), type=str(worst))
    failure.text = told
    return True


def _besides(root: Xml.Element, told: Sequence[Aside]) -> None:
    """A suite of its own, which always passes."""
    if not told:
        return
    suite = Xml.SubElement(root, "testsuite", name="advisor", tests=str(len(told)))
    for each in told:
        case = Xml.SubElement(suite, "testcase", name=each.kind, classname="advisor")
        Xml.SubElement(case, "system-out").text = "\n".join(map(_text, each.lines))
    for attribute in ("failures", "errors", "skipped"):
        suite.set(attribute, "0")


def _skipped(case: Xml.Element, tally: Tally) -> bool:
    """Not decided is not passed."""
    if tally.outcome not in (Outcome.INCONCLUSIVE, Outcome.NOT_EVALUATED):
        return False
    reasons = tally.inconclusive or tally.not_evaluated
    reason = reasons[0].reason if reasons else ""
    Xml.SubElement(
        case, "skipped", message=_text(f"{tally.outcome.value}: {reason}".rstrip(": "))
    )
    return True


def _text(value: str) -> str:
    """XML 1.0 has no place for most control characters, nor for U+FFFE and U+FFFF."""
    return "".join(each for each in printable(value) if each not in "\ufffe\uffff")
