"""Where in a repository a finding or a problem is shown."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from advisor.model.finding import Evaluation, Finding
from advisor.model.study import Study
from advisor.text import printable

NOWHERE = "advisor.yaml"
"""Shown where no log file is at hand: readers demand some file."""


class Places:
    """The log file that stands for each finding, relative to the working directory."""

    def __init__(self, evaluation: Evaluation) -> None:
        self.evaluation = evaluation
        self._here = Path.cwd().resolve()

    @cached_property
    def _studies(self) -> Mapping[str, Study]:
        return {study.name: study for study in self.evaluation.studies}

    def of(self, finding: Finding) -> str:
        """A log of the trial that shows it, else of the study's first trial."""
        study = self._studies.get(finding.subject.study)
        if study is None:
            return NOWHERE
        wanted = [study.trials_by_name.get(name) for name in finding.trials]
        for trial in (*wanted, *study.trials):
            if trial is not None and trial.sources:
                return self.relative(trial.sources[0])
        return NOWHERE

    def relative(self, path: Path) -> str:
        """With forward slashes; as given where it lies elsewhere."""
        whole = path if path.is_absolute() else self._here / path
        try:
            # Without resolving links: the path as the repository has it.
            place = whole.relative_to(self._here)
        except ValueError:
            place = path
        return printable(place.as_posix())
