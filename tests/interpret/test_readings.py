"""What is inferred is said, with a reason and the line that would change it."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.errors import AmbiguityError, ConfigurationError
from advisor.interpret.configuration import Configuration
from advisor.interpret.initial_configuration import initial_configuration
from advisor.interpret.yaml_text import yaml_text
from advisor.model.log import Declaration, TrialLog
from advisor.model.search_space import Domain
from advisor.model.study import Goal
from advisor.pipeline import read
from advisor.safe_yaml import parse_yaml
from tests.interpret.logs import ROOT, curve, said, studies_of, study_of, trial

TRIALS = [
    trial(f"t{i}", {"lr": lr, "optimizer": name, "batch_size": 32, "seed": i})
    for i, (lr, name) in enumerate([(0.1, "adam"), (0.01, "sgd"), (0.001, "adam")])
]
DECLARED = Declaration(ROOT, ROOT / "sweep.yaml", {"lr": Domain(1e-4, 1.0)})


def readings(*declarations: Declaration) -> dict[str, tuple[str, str]]:
    study = study_of(TRIALS, *declarations)
    return {each.what: (each.value, each.override) for each in study.readings}


SAID = {
    "objective": (
        "val/loss, minimize, on validation data, best value over training",
        "objective: {metric: val/loss, goal: minimize}",
    ),
    "training loss": ("train/loss", "metrics: {training_loss: train/loss}"),
    "lr": (
        "0.001 to 0.1, log scale, nuisance",
        "hyperparameters: {lr: {lower: 0.001, upper: 0.1, scale: log}}",
    ),
    "optimizer": (
        "choices adam, sgd, scientific",
        "hyperparameters: {optimizer: {role: scientific}}",
    ),
    "no hyperparameter": ("seed", "hyperparameters: {seed: {ignore: false}}"),
}


@pytest.mark.parametrize("what", SAID)
def test_says(what: str) -> None:
    assert readings()[what] == SAID[what]


def test_every_override_loads(tmp_path: Path) -> None:
    for _, override in readings().values():
        if override and "TAG" not in override:
            said(tmp_path, override)


def test_examples_per_second_are_derived_from_wall_times() -> None:
    study = study_of(TRIALS)
    curve = study.trials[0].curves["throughput"]
    # A hundred steps of 32 examples every two seconds.
    assert set(curve.values) == {1600.0}
    assert readings()["examples per second"][0] == (
        "batch size times steps over seconds"
    )


def test_the_first_configuration_loads_and_changes_nothing(tmp_path: Path) -> None:
    study = study_of(TRIALS, DECLARED)
    configuration = said(tmp_path, initial_configuration([study]))
    (again,) = studies_of(TRIALS, DECLARED, configuration=configuration)
    assert again.objective == study.objective
    assert again.metrics == study.metrics
    assert again.search_space == study.search_space
    assert [t.error for t in again.trials] == [t.error for t in study.trials]


def test_observed_bounds_do_not_become_declared(tmp_path: Path) -> None:
    text = initial_configuration([study_of(TRIALS)])
    (again,) = studies_of(TRIALS, configuration=said(tmp_path, text))
    assert "# lr: {lower: 0.001, upper: 0.1" in text
    assert not again.search_space["lr"].declared


def test_the_first_configuration_of_many_studies_loads(tmp_path: Path) -> None:
    odd = "x: {[`y'\"\n#"
    logs = [
        *TRIALS,
        trial(f"{odd}/a", {odd: 1.0}, tags=["eval/mean_reward"]),
        trial(f"{odd}/b", {odd: 2.0}, tags=["eval/mean_reward"]),
    ]
    configuration = said(tmp_path, initial_configuration(studies_of(logs)))
    assert len(studies_of(logs, configuration=configuration)) == 2


@pytest.mark.parametrize(
    "value",
    ["plain", "no", "1e-3", "a: b", "#x", "[", "ü", "", 1e-5, 3, 0.1, None, True, [1]],
)
def test_yaml_text_reads_back(value: object) -> None:
    text = f"x: {yaml_text(value)}"
    assert parse_yaml(text, Path("x"), trusted_author=True).data == {"x": value}


def test_the_objective_can_be_chosen(tmp_path: Path) -> None:
    configuration = said(
        tmp_path, "objective: {metric: train/loss, goal: maximize, selection: final}"
    )
    (study,) = studies_of(TRIALS, configuration=configuration)
    assert study.objective is not None
    assert study.objective.goal is Goal.MAXIMIZE
    assert study.trials[0].error == pytest.approx(-0.3)


def test_a_metric_that_no_trial_has_is_an_error(tmp_path: Path) -> None:
    configuration = said(tmp_path, "objective: {metric: val/f1, goal: maximize}")
    with pytest.raises(ConfigurationError, match=r"advisor.yaml:1.*`train/loss`"):
        studies_of(TRIALS, configuration=configuration)


def unclear(*tags: str) -> list[TrialLog]:
    return [trial(f"t{i}", tags=tags) for i in range(2)]


def test_ambiguity_names_the_line_to_add() -> None:
    with pytest.raises(AmbiguityError, match=r"objective: \{metric: .*goal: minimize"):
        studies_of(unclear("val/zorp", "val/blarg"))


def test_a_study_that_is_not_understood_costs_the_others_nothing(
    tmp_path: Path,
) -> None:
    unknown, clear = tmp_path / "a/trials.csv", tmp_path / "b/log.csv"
    for path, text in (
        (unknown, "number,value,params_lr,state\n0,1,0.1,COMPLETE\n1,2,1,COMPLETE\n"),
        (clear, "epoch,loss,val_loss\n0,2,2\n1,1,1.1\n"),
    ):
        path.parent.mkdir()
        path.write_text(text)
    logs, (study,) = read([tmp_path], Configuration())
    assert [trial.name for trial in study.trials] == ["b"]
    (problem,) = logs.problems
    assert problem.path == unknown
    assert "objective: {metric: value, goal: minimize}" in problem.remedy
    with pytest.raises(AmbiguityError, match="metric that is known, found `value`"):
        read([unknown], Configuration())


def test_ambiguity_is_settled_by_that_line(tmp_path: Path) -> None:
    line = "objective: {metric: val/zorp, goal: minimize}"
    (study,) = studies_of(
        unclear("val/zorp", "val/blarg"), configuration=said(tmp_path, line)
    )
    assert study.objective is not None
    assert study.objective.metric == "val/zorp"


def test_the_goal_of_one_metric_is_not_that_of_another(tmp_path: Path) -> None:
    configuration = said(tmp_path, "objective: {metric: val/zorp, goal: maximize}")
    trials = [trial(f"a/t{i}", tags=["val/zorp"]) for i in range(2)]
    trials += [trial(f"b/t{i}", tags=["val/loss"]) for i in range(2)]
    found = [each.objective for each in studies_of(trials, configuration=configuration)]
    assert [(each.metric, each.goal) for each in found if each is not None] == [
        ("val/zorp", Goal.MAXIMIZE),
        ("val/loss", Goal.MINIMIZE),
    ]


def test_the_goal_of_another_metric_is_better_than_none(tmp_path: Path) -> None:
    configuration = said(tmp_path, "objective: {metric: val/zorp, goal: maximize}")
    trials = [trial(f"a/t{i}", tags=["val/zorp"]) for i in range(2)]
    trials += [trial(f"b/t{i}", tags=["val/blarg"]) for i in range(2)]
    goals = [
        each.objective.goal
        for each in studies_of(trials, configuration=configuration)
        if each.objective is not None
    ]
    assert goals == [Goal.MAXIMIZE, Goal.MAXIMIZE]


def test_a_goal_without_a_metric_is_that_of_every_study(tmp_path: Path) -> None:
    configuration = said(tmp_path, "objective: {goal: maximize}")
    (study,) = studies_of(unclear("val/zorp"), configuration=configuration)
    assert study.objective is not None
    assert study.objective.goal is Goal.MAXIMIZE


def test_the_best_value_over_training_is_compared() -> None:
    trials = [trial("t0", tags={"val_loss": [1.0, 0.2, 0.5]}), trial("t1")]
    (one, other) = study_of(trials).trials
    assert (one.error, one.final_error, one.best_step) == (0.2, 0.5, 200)
    assert other.error == pytest.approx(0.3)  # val/loss is the same by another name


@pytest.mark.parametrize(
    ("configuration", "every", "wanted"),
    [
        ({"max_steps": 5000}, 100, 5000),
        ({"max_steps": -1}, 100, None),
        ({"epochs": 20}, 1, 20),  # TensorBoard calls epochs steps
        ({"epochs": 20}, 100, None),  # another unit than the curves
        ({"max_steps": 500}, 100, None),  # they go on beyond it
    ],
)
def test_configured_length(
    configuration: dict[str, int], every: int, wanted: int | None
) -> None:
    log = TrialLog(
        ROOT / "a",
        "made",
        (),
        curves={"val_loss": curve(0.3, every=every)},
        configuration=configuration,
    )
    (only,) = study_of([log]).trials
    assert only.max_train_steps == wanted


def test_the_speed_of_evaluation_is_not_that_of_training() -> None:
    tags = ["train/loss", "eval/loss", "eval/samples_per_second"]
    study = study_of([trial("a", tags=tags), trial("b", tags=tags)])
    assert "throughput" not in study.metrics


def test_what_was_stopped_early_is_not_compared() -> None:
    trials = [
        trial(f"t{i}", {"lr": lr}, state=state)
        for i, (lr, state) in enumerate(
            [(0.1, "finished"), (0.01, "finished"), (0.001, "killed")]
        )
    ]
    study = study_of(trials)
    assert [bool(each) for each in study.design.feasible] == [True, True, False]
    assert study.trials[2].feasible  # it is shown, and ranked among the others
