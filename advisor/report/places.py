"""Where in a repository a finding or a problem is shown."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path

from advisor.model.finding import Evaluation, Finding
from advisor.model.study import Study
from advisor.model.trial import Trial
from advisor.text import printable

NOWHERE = "advisor.yaml"
"""Shown where no log lies in the repository: readers demand some file of it."""


class Places:
    """The log file that stands for each finding, relative to the repository.

    That is the folder with `.git` at or above the working directory, else the working
    directory itself.
    """

    def __init__(self, evaluation: Evaluation) -> None:
        self.evaluation = evaluation
        self._here = Path.cwd()
        above = (self._here, *self._here.parents)
        self._root = next(
            (each for each in above if (each / ".git").exists()), above[0]
        )

    @cached_property
    def _studies(self) -> Mapping[str, Study]:
        return {study.name: study for study in self.evaluation.studies}

    @cached_property
    def _of_studies(self) -> Mapping[str, str]:
        return {
            study.name: self._first(study.trials) for study in self.evaluation.studies
        }

    def of(self, finding: Finding) -> str:
        """A log of the trial that shows it, else of the study's first trial."""
        name = finding.subject.study
        study = self._studies.get(name)
        if study is None:
            return NOWHERE
        wanted = (study.trials_by_name.get(each) for each in finding.trials)
        place = self._first(each for each in wanted if each is not None)
        return place if place != NOWHERE else self._of_studies[name]

    def relative(self, path: Path) -> str | None:
        """With forward slashes; None outside the repository."""
        whole = Path(os.path.normpath(self._here / path))
        # First without resolving links: the path as the repository has it.
        for each in (whole, whole.resolve()):
            if each.is_relative_to(self._root):
                return printable(each.relative_to(self._root).as_posix())
        return None

    def _first(self, trials: Iterable[Trial]) -> str:
        for trial in trials:
            for source in trial.sources:
                place = self.relative(source)
                if place is not None:
                    return place
        return NOWHERE
