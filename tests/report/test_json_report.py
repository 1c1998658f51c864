import json
import re
from pathlib import Path

import jsonschema
import pytest

from advisor.report import json_report
from tests.report import example

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "advisor/report/schema.json").read_text("utf-8"))


@pytest.mark.parametrize("evaluation", [example.evaluation(), example.empty()])
def test_follows_its_schema(evaluation):
    report = json.loads(json_report.render(evaluation))
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(report, SCHEMA)


def test_the_schema_refuses_what_it_does_not_describe():
    report = json.loads(json_report.render(example.empty()))
    report["trials"] = []
    with pytest.raises(jsonschema.ValidationError, match="trials"):
        jsonschema.validate(report, SCHEMA)


def test_is_strict_json():
    def refuse(constant):
        raise AssertionError(constant)

    text = json_report.render(example.evaluation())
    report = json.loads(text, parse_constant=refuse)
    (overfitting,) = (
        each for each in report["findings"] if each["rule"] == "problematic-overfitting"
    )
    assert [each["value"] for each in overfitting["evidence"]] == [0.088, "NaN"]
    traced = next(each for each in report["verdicts"] if each["trace"])
    assert traced["trace"][0]["values"][0]["value"] == "Infinity"


def test_holds_every_verdict_and_finding():
    evaluation = example.evaluation()
    report = json_report.data(evaluation)
    assert len(report["verdicts"]) == len(evaluation.verdicts)
    assert [f["id"] for f in report["findings"]] == [f.id for f in evaluation.findings]
    ids = {each["id"] for each in report["findings"]}
    assert {i for each in report["recommendations"] for i in each["findings"]} <= ids
    assert report["counts"] == {
        "files": 41,
        "studies": 2,
        "trials": 41,
        "superseded": 1,
        "accepted": 0,
        "error": 2,
        "warning": 8,
        "info": 1,
    }


def test_values_are_as_logged_and_ranks_have_a_direction():
    study = json_report.data(example.evaluation())["studies"][1]
    assert study["objective"]["goal"] == "maximize"
    assert study["trials"][0]["value"] == pytest.approx(0.889, abs=1e-3)
    assert study["trials"][0]["rank"] == 1


def test_the_manual_names_every_field_of_the_schema():
    manual = (ROOT / "docs/json.md").read_text("utf-8")
    named = re.findall(r"^\| `(\w+)` \|", manual, re.MULTILINE)
    assert named == list(SCHEMA["properties"])
