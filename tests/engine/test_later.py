"""What is made later is made once, and is then like any other sequence."""

from __future__ import annotations

from advisor.engine.later import Later


def test_nothing_is_made_before_somebody_looks() -> None:
    made: list[int] = []

    def make() -> tuple[str, ...]:
        made.append(1)
        return ("a", "b", "c")

    later = Later(make)
    assert made == []
    assert list(later) == ["a", "b", "c"]
    assert (len(later), later[1], later[1:]) == (3, "b", ("b", "c"))
    assert made == [1]


def test_it_equals_what_holds_the_same() -> None:
    assert Later(lambda: (1, 2)) == (1, 2)
    assert Later(lambda: (1, 2)) == Later(lambda: (1, 2))
    assert Later(lambda: (1, 2)) != (1, 3)
    assert Later(lambda: (1, 2)) != 5
    assert hash(Later(lambda: (1, 2))) == hash((1, 2))
    assert repr(Later(lambda: (1, 2))) == "(1, 2)"
    assert not Later(tuple)
