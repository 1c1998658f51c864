"""The quick list of rules says what the compiled rules say, without compiling them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from advisor.engine import rule_list
from advisor.engine.rule_set import load_rules


def test_the_summaries_are_those_of_the_rules() -> None:
    listed = {
        entry["id"]: entry["summary"]
        for entry in json.loads(rule_list.rule_list_as_json())
    }
    assert listed == {rule.id: rule.source.summary for rule in load_rules()}


@pytest.mark.parametrize(
    ("line", "summary"),
    [
        ("summary: Plain words.", "Plain words."),
        ("summary:   Plain words. # a remark", "Plain words."),
        ("summary: 'Quoted: it''s read by YAML.'", "Quoted: it's read by YAML."),
        ('summary: "Tab\\tinside."', "Tab\tinside."),
    ],
)
def test_a_summary_is_read_as_yaml_reads_it(
    line: str, summary: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "group" / "a-rule.yaml"
    path.parent.mkdir()
    path.write_text(f"version: 1\n{line}\n")
    monkeypatch.setattr(rule_list, "rule_paths", lambda: (path,))
    (entry,) = json.loads(rule_list.rule_list_as_json())
    assert entry == {"id": "a-rule", "group": "group", "summary": summary}


def test_listing_the_rules_imports_neither_numpy_nor_yaml() -> None:
    code = (
        "import sys; from advisor.engine.rule_list import rule_list; rule_list(); "
        "print(sorted({'numpy', 'yaml', 'msgspec'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
