"""Logs with hostile names, from files to every output: shown, and never obeyed."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from pathlib import Path
from xml.etree import ElementTree as Xml

import numpy as np
import pytest
import yaml
from click.testing import CliRunner
from markdown_it import MarkdownIt

from advisor.cli import main
from advisor.cli_options import FORMS
from advisor.interpret.configuration import Configuration
from advisor.model.finding import Evaluation
from advisor.pipeline import check
from advisor.report.outputs import render
from advisor.text import printable

# For terminals, build services, browsers, Markdown, templates, TeX and shells.
NAMES = [
    "\x1b]0;owned\x07\x1b[2J\x1b[8m",
    "\n::error file=x::owned\n::set-output name=a::b",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "a|b`c`[x](javascript:alert(1))![x](http://evil/x.png)",
    "{{7*7}}{% for i in range(10**9) %}{{i}}{% endfor %}",
    "${{ github.token }} %0A::warning::x",
    "$\\input{etc}$ \\write18{id}",
    "; touch owned; $(touch owned) `touch owned`",
    "\u202egnp.exe \u2066x\u2069 \u200b\ufeff \x9b31m \u2028 x",
    "##[command]touch owned",
    "::error file=x::owned",
    "a ##vso[task.setvariable variable=x]y ##teamcity[x]",
    "{0.__class__.__mro__} %(name)s {learning_rate}",
]
TEMPLATE_RESULTS = "49"
FORMS_OF_JSON = ("json", "sarif", "gitlab", "rdjson")
MARKDOWN = ("markdown", "step-summary", "comment")
GITHUB = MarkdownIt("gfm-like", {"linkify": False})


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty trials of a study with faults, every name in it hostile."""
    root = tmp_path_factory.mktemp("hostile") / "logs"
    rng = np.random.default_rng(0)
    for i in range(40):
        name = NAMES[i % len(NAMES)].replace("/", "\u2215")
        folder = root / f"{i}{name}"
        folder.mkdir(parents=True)
        rate = 10 ** rng.uniform(-4, -1)
        error = 0.2 + 0.05 * math.log10(rate) ** 2
        rows = []
        for step in range(40):
            down = math.exp(-step / 5)
            up = 0.02 * max(0, step - 15) * (i % 2)
            noise = rng.normal(0, 0.002, 2)
            values = (error / 2 + down + noise[0], error + down + up + noise[1])
            rows.append([step, *values, values[0]])
        header = ["epoch", "loss", "val_loss", NAMES[2] + NAMES[0]]
        lines = [",".join(header), *(",".join(map(str, row)) for row in rows)]
        (folder / "training.csv").write_text("\n".join(lines) + "\n")
        settings: dict[str, object] = {"learning_rate": rate, "optimizer": NAMES[i % 7]}
        settings |= {each: rng.uniform() for each in NAMES}
        (folder / "config.json").write_text(json.dumps(settings))
    (root / f"x{NAMES[0]}").mkdir()
    (root / f"x{NAMES[0]}" / "trainer_state.json").write_text("[")
    return root


@pytest.fixture(scope="module")
def evaluation(logs: Path) -> Evaluation:
    made = check([logs], Configuration()).evaluation
    assert len(made.findings) > 5
    assert made.problems
    told = " ".join(each.message for each in made.findings)
    assert sum(printable(name) in told for name in NAMES) >= 3
    return made


def assert_harmless(text: str) -> None:
    """No terminal, build service or shell reads a command in it."""
    for each in text:
        assert each == "\n" or unicodedata.category(each) not in (
            *("Cc", "Cf", "Cs", "Zl", "Zp"),
        ), f"{each!r} in {text[:200]!r}"
    assert not re.search(r"##[a-z]*\[", text)
    for line in text.splitlines():
        assert not line.lstrip().startswith("::"), line


def assert_no_markup(text: str) -> None:
    """What the logs say is text in it, whatever they say."""
    for block in GITHUB.parse(text):
        for token in (block, *(block.children or ())):
            assert token.type not in ("html_block", "html_inline") or (
                token.content.strip().startswith("<!--")
                or re.fullmatch(r"</?(details|summary|a id=[^>]*|a)>", token.content)
            ), token.content
            for address in (token.attrGet("href"), token.attrGet("src")):
                assert not re.search(r"evil|javascript", f"{address}")


@pytest.mark.parametrize("form", FORMS)
def test_every_format(evaluation: Evaluation, form: str) -> None:
    text = render(evaluation, form)
    if form == "github":  # commands are what it writes, each of them its own
        assert all(re.match(r"::(error|warning|notice) ", x) for x in text.splitlines())
        text = re.sub(r"^::", "", text, flags=re.M)
    assert_harmless(text)
    assert f"{TEMPLATE_RESULTS}{{%" not in text  # {{7*7}} stays as it is
    if form in MARKDOWN:
        assert_no_markup(text)
    elif form in FORMS_OF_JSON:
        json.loads(text)
    elif form == "jsonl":
        assert all(json.loads(line) for line in text.splitlines())
    elif form == "junit":
        Xml.fromstring(text)


def run(*arguments: str | Path) -> str:
    result = CliRunner().invoke(main, [*map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result
    return result.output


@pytest.mark.parametrize(
    "command",
    [("check", "--exit-zero"), ("inspect",), ("explain", "problematic-overfitting")],
    ids=lambda each: each[0],
)
def test_every_command(logs: Path, command: tuple[str, ...]) -> None:
    assert_harmless(run(*command, logs))


def test_the_next_round_and_its_exports(logs: Path, tmp_path: Path) -> None:
    assert_harmless(run("suggest", logs, "--output", tmp_path))
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(written) > 1
    for path in written:
        text = path.read_text("utf-8")
        if path.suffix == ".yaml":  # where a line may begin with a name
            text = text.replace("::", "")
        assert_harmless(text.replace("\r\n", "\n").replace("\t", " "))
        if path.suffix == ".md":
            assert_no_markup(text)
        elif path.suffix == ".yaml":
            yaml.safe_load(text)


def test_the_configuration_and_the_baseline(logs: Path, tmp_path: Path) -> None:
    configuration, baseline = tmp_path / "advisor.yaml", tmp_path / "baseline.json"
    assert_harmless(run("init", logs, "--output", configuration))
    assert_harmless(run("baseline", logs, "--output", baseline))
    for path in (configuration, baseline):
        assert_harmless(path.read_text("utf-8"))
    assert isinstance(yaml.safe_load(configuration.read_text("utf-8")), dict)


def test_errors(logs: Path, tmp_path: Path) -> None:
    empty = tmp_path / f"empty{NAMES[0]}"
    empty.mkdir()
    assert_harmless(run("check", empty))
    assert_harmless(run("explain", NAMES[0], logs))
    assert_harmless(run("check", logs, "--baseline", tmp_path / "none"))
    broken = tmp_path / f"b{NAMES[0]}.yaml"
    broken.write_text(json.dumps({NAMES[0]: NAMES[1]}))
    assert_harmless(run("check", logs, "--config", broken))
