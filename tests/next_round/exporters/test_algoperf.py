"""AlgoPerf's format, read back by the loader that reads people's own files."""

from __future__ import annotations

from pathlib import Path

from advisor.loaders import tuning_search_space
from advisor.next_round.exporters import exporters

from .rounds import rich


def test_the_search_space_comes_back(tmp_path: Path) -> None:
    made = rich()
    path = tmp_path / "tuning_search_space.json"
    path.write_text(exporters()["algoperf"].export(made), "utf-8")
    (declaration,) = tuning_search_space.load(path)
    for each in made.searched:
        domain, space = declaration.domains[each.name], each.space
        assert space is not None
        if space.choices:
            assert domain.choices == space.choices
        else:
            assert (domain.lower, domain.upper, domain.scale) == (
                *space.bounds,
                space.scale,
            )
    assert declaration.domains["batch_size"].choices == (64,)
