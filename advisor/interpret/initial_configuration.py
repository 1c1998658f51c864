"""A first advisor.yaml, with the readings filled in."""

from __future__ import annotations

from collections.abc import Sequence

from advisor.model.study import Study


def initial_configuration(studies: Sequence[Study]) -> str:
    """The text of the file."""
    return "".join(f"# {study.name}\n" for study in studies)
