"""GitHub workflow commands: annotations from the lines of a job's log."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.model.finding import Evaluation, Finding, Severity
from advisor.report import summary
from advisor.report.asides import counting
from advisor.report.numbers import count
from advisor.report.places import NOWHERE, Places
from advisor.text import printable

NAME = "github"
TAKES = "the log of a GitHub Actions step: annotations, ten of each severity at most"
APPENDS = False

MOST_OF_A_LEVEL = 10  # a step; GitHub drops more without a word
# A comparison in the same step makes an error or a notice; the last line is a notice.
_KEPT = {Severity.ERROR: 1, Severity.INFO: 2}
_COMMANDS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "notice",
}


def render(evaluation: Evaluation) -> str:
    """One command a line; the last one says where the user stands."""
    return "".join(f"{line}\n" for line in _lines(evaluation))


def _lines(evaluation: Evaluation) -> Iterator[str]:
    places = Places(evaluation)
    opened = summary.open_findings(evaluation.findings)
    for severity, name in _COMMANDS.items():
        own = [each for each in opened if each.severity is severity]
        most = MOST_OF_A_LEVEL - _KEPT.get(severity, 0)
        shown = own if len(own) <= most else own[: most - 1]
        for finding in shown:
            yield command(name, _properties(finding, places), finding.message)
        if len(shown) < len(own):
            rest = len(own) - len(shown)
            yield command(name, {"title": "advisor"}, f"and {rest:,} more")
    yield command("notice", {"title": "advisor"}, _closing(evaluation))


def _closing(evaluation: Evaluation) -> str:
    words = [
        f"{summary.headline(evaluation)}.",
        f"{summary.severities(evaluation.findings)}.",
        *filter(None, [counting(evaluation)]),
        summary.state(evaluation),
    ]
    if evaluation.accepted:
        words.append(f"{count(len(evaluation.accepted), 'finding')} accepted.")
    return " ".join((*words, *evaluation.notices))


def _properties(finding: Finding, places: Places) -> dict[str, str]:
    title, file = f"{finding.rule} ({finding.id})", places.of(finding)
    return {"title": title} if file == NOWHERE else {"file": file, "title": title}


def command(name: str, properties: dict[str, str], message: str) -> str:
    """One line of a log that the runner takes for an annotation."""
    given = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{name} {given}::{_data(message)}"


def _data(value: str) -> str:
    """As the runner unescapes it; control characters are gone before."""
    return printable(value).replace("%", "%25")


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")
