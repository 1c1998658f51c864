"""next_round.yaml: by its schema, complete, and read back for the round after."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from advisor.errors import AdvisorError
from advisor.model.next_round import NextRound
from advisor.next_round import earlier, yaml_file
from advisor.next_round.plan import Wishes, next_round

from .exporters.rounds import HOSTILE, hostile, rich
from .findings import finding
from .studies import ROWS, study

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads(
    (ROOT / "advisor" / "next_round" / "schema.json").read_text("utf-8")
)
DOCS = (ROOT / "docs" / "next-round.md").read_text("utf-8")


def plain() -> NextRound:
    return next_round(study(), [], {})


def turned() -> NextRound:
    turn = ("reparameterise", "momentum", {"to": "one_minus_momentum"})
    return next_round(study(), [finding("scale", turn)], {})


@pytest.mark.parametrize("make", [plain, rich, hostile, turned])
def test_it_follows_the_schema(make: Any) -> None:
    data = yaml.safe_load(yaml_file.render(make()))
    jsonschema.validate(data, SCHEMA)


def test_the_schema_refuses_what_is_not_a_round() -> None:
    data = yaml_file.as_data(rich())
    del data["hyperparameters"]["batch_size"]["value"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, SCHEMA)


def test_every_key_is_documented() -> None:
    for key in SCHEMA["properties"]:
        assert f"`{key}`" in DOCS, key
    for key in SCHEMA["$defs"]["hyperparameter"]["properties"]:
        assert f"`{key}`" in DOCS, key


def test_every_change_names_its_finding_and_reason() -> None:
    data = yaml_file.as_data(rich())
    lower = data["hyperparameters"]["lr"]["changes"]
    assert [each["finding"] in data["findings"] for each in lower] == [True, True]
    assert data["conflicts"][0]["winner"] in data["findings"]
    assert all(each["reason"] for each in lower)


def test_text_from_logs_comes_back_as_it_was() -> None:
    data = yaml.safe_load(yaml_file.render(hostile()))
    assert data["study"] == HOSTILE
    assert HOSTILE in data["hyperparameters"]


def written(tmp_path: Path, made: NextRound) -> earlier.EarlierRound:
    path = tmp_path / yaml_file.FILE_NAME
    path.write_text(yaml_file.render(made), "utf-8")
    found = earlier.read_earlier(path)
    assert found is not None
    return found


def test_a_round_that_was_run_is_continued(tmp_path: Path) -> None:
    first = next_round(study(), [], {}, wishes=Wishes(trials=6, seed=9))
    found = written(tmp_path, first)
    run = study((*ROWS, {**first.points[2], "dropout": 0.1}))
    number, sequence = found.to_continue(run)
    assert (number, sequence.used) == (3, first.sequence.used)
    second = next_round(run, [], {}, wishes=Wishes(None, None, number, sequence))
    assert second.sequence.first == first.sequence.used
    assert not [each for each in second.points if each in first.points]


def test_a_round_that_was_not_run_is_planned_anew(tmp_path: Path) -> None:
    first = next_round(study(), [], {}, wishes=Wishes(trials=6, seed=9))
    number, sequence = written(tmp_path, first).to_continue(study())
    again = next_round(study(), [], {}, wishes=Wishes(6, None, number, sequence))
    assert (again.round, again.points) == (2, first.points)


def test_there_need_be_no_earlier_round(tmp_path: Path) -> None:
    assert earlier.read_earlier(tmp_path / "next_round.yaml") is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("study: [", "expected"),
        ("study: search", "`round`"),
        ("[]", "`study`"),
        ("study: s\nround: -1", "`round`"),
    ],
)
def test_what_is_no_round_is_an_error(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "next_round.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(AdvisorError, match=words):
        earlier.read_earlier(path)


def test_the_round_of_another_study_is_refused(tmp_path: Path) -> None:
    found = written(tmp_path, hostile())
    with pytest.raises(AdvisorError, match="not of search"):
        earlier.check_study(found, study(), tmp_path)
