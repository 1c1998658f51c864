"""The documents say what the program does: blocks, commands, links, examples."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import click
import pytest
import yaml

from advisor.cli import main
from advisor.engine.rule_set import RuleSettings, load_rules
from advisor.interpret.configuration import load_configuration
from advisor.interpret.configuration_schema import _HYPERPARAMETER, _KEYS, _OBJECTIVE
from advisor.pipeline import settings_of

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")
DOCUMENTS = [
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "fixtures").rglob("*.md")),
]
LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def identify(value: Any) -> str:
    return value.relative_to(ROOT).as_posix() if isinstance(value, Path) else str(value)


def anchors(text: str) -> set[str]:
    """The anchors that GitHub gives to the headings of a document."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", text), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", each.lower()) for each in headings)
    given = re.findall(r'<a (?:id|name)="([^"]+)"', text)
    return {each.replace(" ", "-") for each in plain} | set(given)


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    path = ROOT / "docs" / "generate.py"
    spec = importlib.util.spec_from_file_location("generate", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_generated_blocks_are_current(
    generator: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    blocks = set(re.findall(r"<!-- generated: (\w+) -->", README))
    assert blocks == set(generator.BUILDERS)
    assert generator.generated(README) == README, "run `make docs`"


def test_the_example_report_is_of_the_present_findings(
    generator: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    report = (ROOT / generator.EXAMPLE).read_text("utf-8")
    missing = [
        each.id
        for each in generator.demo().evaluation.findings
        if each.id not in report
    ]
    assert not missing, "run `make docs`"


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_command_is_in_the_readme_and_has_help(name: str) -> None:
    command = main.commands[name]
    assert f"`advisor {name}" in README
    assert command.help
    options = [each for each in command.params if isinstance(each, click.Option)]
    assert all(each.help for each in options if each.name != "form")


@pytest.mark.parametrize("path", DOCUMENTS, ids=identify)
def test_links_lead_somewhere(path: Path) -> None:
    text = path.read_text("utf-8")
    for target in LINK.findall(FENCE.sub("", text)):
        if target.startswith(("http://", "https://")):
            continue
        file, _, anchor = target.partition("#")
        place = (path.parent / file) if file else path
        assert place.exists(), f"{path.name} links to {target}"
        if anchor and place.suffix == ".md":
            assert anchor in anchors(place.read_text("utf-8")), target


def example_configuration() -> str:
    blocks = [body for kind, body in FENCE.findall(README) if kind == "yaml"]
    (found,) = [body for body in blocks if "objective:" in body]
    return str(found)


def test_the_example_configuration_loads(tmp_path: Path) -> None:
    path = tmp_path / "advisor.yaml"
    path.write_text(example_configuration(), "utf-8")
    configuration = load_configuration(tmp_path, path)
    assert configuration.objective.metric == "val_accuracy"
    assert configuration.hyperparameters["learning_rate"].lower == 1e-5
    settings = settings_of(configuration)
    assert settings.disabled.keys() == {"still-improving"}
    assert settings.parameters == {"too-few-trials": {"min_per_hyperparameter": 8}}
    # A rule or a parameter that is not there would be an error.
    assert load_rules(settings) == load_rules(RuleSettings())


def test_the_example_configuration_shows_every_key() -> None:
    example = yaml.safe_load(example_configuration())
    assert example.keys() == set(_KEYS)
    assert example["objective"].keys() == set(_OBJECTIVE)
    shown = {key for each in example["hyperparameters"].values() for key in each}
    assert shown == set(_HYPERPARAMETER)


def test_make_targets_in_the_readme_exist() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in re.findall(r"\bmake (\w+)\s+#|`make (\w+)`", README):
        name = next(filter(None, target))
        assert re.search(rf"^{name}:", makefile, re.MULTILINE), name
