"""Logs made into studies."""

from __future__ import annotations

from advisor.interpret.configuration import Configuration
from advisor.model.log import Logs
from advisor.model.study import Study


def interpret(logs: Logs, configuration: Configuration) -> tuple[Study, ...]:
    """The studies that the logs hold."""
    from advisor.model.trial import Trial

    trials = tuple(Trial(logs.name_of(log), log.configuration) for log in logs.trials)
    return (Study("all", trials),)
