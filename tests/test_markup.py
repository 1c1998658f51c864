import html

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from advisor import markup
from tests.report import example

GITHUB = MarkdownIt("gfm-like", {"linkify": False})
HOSTILE = [
    example.NASTY,
    "a|b",
    "``x``",
    "`",
    "\\|",
    "a\\\\|b",
    "<script>alert(1)</script>",
    "**bold** _it_ ~~no~~",
    "[x](http://evil)",
    "# heading",
    "- item",
    "1. item",
    "> quote",
    "===",
    "&lt;b&gt;",
    "line\nbreak",
    "esc\x1b[31m",
    "$x^2$",
]


def text_of(tokens):
    """The words that a reader sees."""
    seen = []
    for token in tokens:
        if token.children:
            seen += [c.content for c in token.children]
        elif token.type in ("fence", "code_block", "html_block"):
            raise AssertionError(token.type)
    return "".join(seen)


def kinds_of(tokens):
    kinds = {token.type for token in tokens}
    for token in tokens:
        kinds |= {child.type for child in token.children or ()}
    return kinds


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_shown_as_it_is_in_a_code_span(name):
    tokens = GITHUB.parse(markup.code(name))
    assert kinds_of(tokens) == {
        "paragraph_open",
        "inline",
        "paragraph_close",
        "code_inline",
    }
    assert text_of(tokens) == markup.printable(name).strip()


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("known", [True, False])
def test_a_sentence_reads_the_same_and_is_no_markup(name, known):
    sentence = f"{name} got worse"
    tokens = GITHUB.parse(markup.text(sentence, [name] if known else []))
    assert kinds_of(tokens) <= {
        "paragraph_open",
        "inline",
        "paragraph_close",
        "code_inline",
        "text",
        "text_special",
    }
    shown = text_of(tokens).replace("`", "")
    assert shown == markup.printable(sentence).strip().replace("`", "")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_stays_in_its_cell(name):
    table = markup.table(("a", "b"), [[markup.code(name), markup.text(name)]])
    tokens = GITHUB.parse(table)
    assert sum(token.type == "td_open" for token in tokens) == 2
    assert not kinds_of(tokens) & {"html_inline", "html_block", "link_open"}


@given(st.text(max_size=40))
def test_no_text_becomes_markup(name):
    line = f"- {markup.text(name, [name[:5]])}"
    allowed = {
        "bullet_list_open",
        "bullet_list_close",
        "list_item_open",
        "list_item_close",
        "paragraph_open",
        "paragraph_close",
        "inline",
        "text",
        "text_special",
        "code_inline",
    }
    assert kinds_of(GITHUB.parse(line)) <= allowed
    assert "<" not in GITHUB.renderInline(markup.text(name)).replace(
        "<code>", ""
    ).replace("</code>", "")


@given(st.text(alphabet="ab|\\`*<>_ ", max_size=12))
def test_no_text_leaves_its_cell(name):
    table = markup.table(("a", "b"), [[markup.code(name), markup.text(name)]])
    kinds = [token.type for token in GITHUB.parse(table)]
    assert kinds.count("td_open") == 2


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("learning_rate: p < 0.05", "learning_rate: p < 0.05"),
        ("set `a_b` to 1", "set `a_b` to 1"),
        ("ask @team", "ask `@team`"),
        ("see https://evil.example/x", "see `https://evil.example/x`"),
        ("::error::x", r":\:error:\:x"),
    ],
)
def test_what_sentences_look_like(sentence, expected):
    assert markup.text(sentence) == expected


def test_known_names_become_code_only_as_whole_words():
    assert markup.text("lr0 and lr01", ["lr0"]) == "`lr0` and lr01"
    assert markup.text("a/b/c fell", ["a/b", "a/b/c"]) == "`a/b/c` fell"


def test_image_paths_are_encoded():
    shown = GITHUB.render(markup.image("a ] b", "my report_files/1 (x).png"))
    assert 'src="my%20report_files/1%20%28x%29.png"' in shown
    assert html.unescape(shown).count("<img") == 1
