"""The section `suppress` of a configuration: findings that somebody accepts."""

from __future__ import annotations

from datetime import date

from advisor.interpret.configuration import Suppression
from advisor.interpret.entries import Entries

_EXAMPLE = (
    'e.g. {finding: loss-spikes-3fa9cd, reason: "fixed in the next release", '
    "until: 2027-03-31}"
)


def suppression(entries: Entries) -> Suppression:
    """One entry; a finding without a reason is not accepted.

    Raises:
        ConfigurationError: no finding, no reason, or a date that is none.
    """
    entries.only(("finding", "reason", "until"))
    finding, reason = entries.text("finding"), entries.text("reason")
    for key, value in (("finding", finding), ("reason", reason)):
        if not value:
            raise entries.error(
                key if entries.has(key) else None,
                "the `finding` that is accepted and the `reason`",
                f"no `{key}`",
                _EXAMPLE,
            )
    assert finding is not None
    assert reason is not None
    return Suppression(finding, reason, _day(entries))


def _day(entries: Entries) -> date | None:
    text = entries.text("until")
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise entries.error(
            "until", "a day as YYYY-MM-DD", f"`{text}`", _EXAMPLE
        ) from None
