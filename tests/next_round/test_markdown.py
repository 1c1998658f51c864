"""next_round.md: what people see, and that names from logs are shown, never obeyed."""

from __future__ import annotations

from markdown_it import MarkdownIt

from advisor.next_round import markdown
from advisor.next_round.plan import Wishes, next_round

from .exporters.rounds import hostile, rich
from .studies import study


def line(text: str, start: str) -> str:
    (found,) = [each for each in text.splitlines() if each.startswith(start)]
    return found


def test_before_after_and_why_with_links_to_findings() -> None:
    made = rich()
    text = markdown.render(made)
    row = line(text, "| `lr`")
    assert "| nuisance | 0.0001 to 0.1, log | 1e-5 to 0.07, log |" in row
    unstable = next(each for each in made.causes if each.startswith("unstable"))
    assert f"[{unstable}](#{unstable})" in row
    assert f"### {unstable}" in text
    assert "| fixed | 32, 64, 128 | fixed at 64 |" in line(text, "| `batch_size`")
    assert "| unchanged |" in line(text, "| `width`")


def test_what_was_not_carried_out_says_who_won() -> None:
    text = markdown.render(rich())
    row = line(text, "| widen lr: side upper, to 1 ")
    assert "another finding ends the range at 0.07 ([unstable-" in row


def test_plan_repeats_regions_and_points() -> None:
    made = rich()
    text = markdown.render(made)
    assert "- `max_train_steps`: 1000 → 1500. short fires." in text
    assert "- Train `trial-0` 2 more times" in text
    assert "- lr · `width` above 20 (region fires." in text
    numbers = [row.split("|")[1].strip() for row in text.splitlines() if "|" in row]
    assert [each for each in numbers if each.isdigit()] == [
        str(i) for i in range(1, len(made.points) + 1)
    ]
    assert "seed 0, points 1 to" in text


def test_a_round_without_changes_says_so() -> None:
    text = markdown.render(next_round(study(), [], {}))
    assert "the search space stays as it is" in text
    assert "## Findings" not in text


def test_many_points_are_cut_with_a_word() -> None:
    text = markdown.render(next_round(study(), [], {}, wishes=Wishes(trials=60)))
    assert "10 more are in `next_round.yaml`" in text


def test_hostile_names_make_no_markup() -> None:
    html = MarkdownIt("commonmark").enable("table").render(markdown.render(hostile()))
    assert "<b>" not in html
    assert "$(touch pwned)" in html  # within code
    assert not [
        each
        for each in markdown.render(hostile()).splitlines()
        if each.startswith("::")
    ]
