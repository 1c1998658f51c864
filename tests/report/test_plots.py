import dataclasses

import numpy as np
import pytest

from advisor.model.curve import Curve
from advisor.model.search_space import Hyperparameter, SearchSpace
from advisor.model.study import Goal, Objective, Study
from advisor.model.trial import Infeasibility, Trial
from advisor.report import axis_drawing, plot_labels, plot_style
from advisor.report.axis_plot import AxisPanel, AxisPlot, axis_plot
from advisor.report.curves_plot import CurvesPanel, Ended, curves_plots
from advisor.report.isolation_plot import Bucket, isolation_plots
from advisor.report.plots import draw_all, draw_study
from tests.report import example

DIVERGED = Infeasibility("diverged", "NaN", 3)
RATE = Hyperparameter("rate", "float", 0.1, 1.0, "log", role="scientific")
KIND = Hyperparameter("kind", "categorical", choices=("a", "b"), role="scientific")


def curve(*values):
    return Curve(np.arange(1, len(values) + 1), np.array(values))


@pytest.fixture
def accuracy():
    """Three trials, one infeasible; higher is better."""
    return Study(
        "s",
        (
            Trial("x", {"rate": 0.1, "kind": "a"}, error=-0.8),
            Trial("y", {"rate": 1.0, "kind": "b"}, error=-0.9, best_step=2),
            Trial("z", {"rate": 0.5}, infeasibility=DIVERGED),
        ),
        Objective("accuracy", Goal.MAXIMIZE),
        SearchSpace((RATE, KIND)),
    )


def test_axis_plot_holds_every_trial_as_logged(accuracy):
    plot = axis_plot(accuracy)
    nan = pytest.approx(float("nan"), nan_ok=True)
    assert plot == AxisPlot(
        study="s",
        metric="accuracy",
        lower_is_better=False,
        values=(0.8, 0.9, nan),
        infeasible=(False, False, True),
        best=(1, 0),
        panels=(
            AxisPanel(RATE, (0.1, 1.0, 0.5)),
            AxisPanel(KIND, (0.0, 1.0, nan), ("a", "b")),
        ),
        left_out=0,
    )


@pytest.mark.parametrize("lower_is_better", [True, False])
def test_infeasible_trials_lie_beyond_the_worst(accuracy, lower_is_better):
    from matplotlib.figure import Figure

    plot = axis_plot(accuracy)
    plot = dataclasses.replace(plot, lower_is_better=lower_is_better)
    values = np.array(plot.values)
    axis = plot_style.value_axis(values, worse=1 if lower_is_better else -1)
    axes = Figure().subplots()
    axis_drawing._draw_panel(plot, plot.panels[0], axes, values, axis)
    (cross,) = (
        each
        for each in axes.collections
        if each.get_offset_transform() != axes.transData
    )
    height = float(cross.get_offsets()[0, 1])  # fraction of the axes
    bottom, top = axes.get_ylim()
    assert (height > 0.87) if lower_is_better else (height < 0.13)
    assert (top > axis.high) == lower_is_better
    assert (bottom < axis.low) != lower_is_better


def test_no_axis_plot_of_one_trial_or_without_hyperparameters(accuracy):
    assert axis_plot(dataclasses.replace(accuracy, trials=accuracy.trials[:1])) is None
    assert axis_plot(dataclasses.replace(accuracy, search_space=SearchSpace())) is None


def test_isolation_plot_takes_the_best_trial_of_each_value(accuracy):
    rate, kind = isolation_plots(accuracy)
    assert kind.buckets == (Bucket("a", (0.8,), 0.8, 0), Bucket("b", (0.9,), 0.9, 0))
    assert [each.infeasible for each in rate.buckets] == [0, 1, 0]


def test_isolation_plot_knows_the_direction(accuracy):
    worse = Trial("w", {"rate": 1.0, "kind": "b"}, error=-0.2)
    trials = (*accuracy.trials, worse)
    kind = isolation_plots(dataclasses.replace(accuracy, trials=trials))[1]
    assert kind.buckets[1] == Bucket("b", (0.9, 0.2), 0.9, 0)


def test_isolation_plot_divides_a_range_into_buckets():
    rates = 10.0 ** (np.arange(12) / 12 + 1 / 24 - 1)
    trials = tuple(Trial(f"t{i}", {"rate": r}, error=r) for i, r in enumerate(rates))
    (plot,) = isolation_plots(Study("s", trials, search_space=SearchSpace((RATE,))))
    assert [len(each.values) for each in plot.buckets] == [2, 2, 2, 2, 2, 2]
    assert plot.buckets[0].label == "0.1 to 0.15"
    assert plot.buckets[0].best == pytest.approx(rates[0])


def test_no_isolation_plot_of_nuisance_hyperparameters(accuracy):
    space = SearchSpace((dataclasses.replace(RATE, role="nuisance"),))
    assert isolation_plots(dataclasses.replace(accuracy, search_space=space)) == ()


def test_curves_are_shown_as_logged_with_the_best_checkpoint():
    loss = curve(2.0, 1.0, 0.5)
    best = Trial(
        "y",
        curves={"validation_error": curve(-0.1, -0.9, -0.8), "training_loss": loss},
        error=-0.9,
        best_step=2,
    )
    ended = Trial(
        "z", curves={"training_loss": curve(3, 9, np.nan)}, infeasibility=DIVERGED
    )
    study = Study("s", (best, ended), Objective("accuracy", Goal.MAXIMIZE))
    objective, losses = curves_plots(study)
    assert objective.metric == "accuracy"
    assert objective.panels == (
        CurvesPanel("y", 1, None, curve(0.1, 0.9, 0.8), (2, 0.9)),
    )
    assert objective.infeasible == ()
    assert losses.panels == (CurvesPanel("y", 1, loss, None),)
    assert losses.infeasible == (Ended(curve(3, 9, np.nan), (2, 9.0)),)


def test_one_plot_where_the_objective_is_the_loss():
    (plot,) = curves_plots(example.sweep(10))
    assert plot.panels[0].training is not None
    assert len(plot.panels) == 3 + (not plot.infeasible)


@pytest.mark.parametrize(
    ("values", "worse", "axis"),
    [
        ([1.0, 2.0], 1, plot_style.ValueAxis(0.94, 2.06, False)),
        ([], 1, plot_style.ValueAxis(0.0, 1.0, False)),
        ([5.0], 1, plot_style.ValueAxis(4.75, 5.25, False)),
    ],
)
def test_value_axis(values, worse, axis):
    assert plot_style.value_axis(np.array(values), worse=worse) == axis


def test_value_axis_keeps_good_values_apart():
    wide = plot_style.value_axis(np.array([0.1, 1.0, 10.0]))
    assert wide.log
    errors = np.array([-1.0, -0.9, -0.8, -0.7, 90.0])
    assert plot_style.value_axis(errors).high < 1.5
    assert plot_style.value_axis(-errors, worse=-1).low > -1.5


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("short", "short"),
        ("runs/2024/long/trial_17", "…ng/trial_17"),
        ("a name without any slash", "a name witho…"[:11] + "…"),
    ],
)
def test_labels_are_shortened_where_they_say_least(text, expected):
    assert plot_style.label(text, 12) == expected


def test_tick_labels_do_not_lie_over_each_other():
    texts = ["0.001", "0.002", "0.0028", "0.007"]
    assert plot_labels.apart(texts, [0.0, 0.28, 0.41, 0.78]) == [
        *("0.001", "0.002", "", "0.007")
    ]
    assert plot_labels.apart(["1", "2"], [float("nan"), 0.5]) == ["1", "2"]


def test_single_values_are_no_curves():
    study = example.single()
    short = [
        dataclasses.replace(
            each, curves={k: v.take(np.array([0])) for k, v in each.curves.items()}
        )
        for each in study.trials
    ]
    assert curves_plots(study)
    assert curves_plots(dataclasses.replace(study, trials=tuple(short))) == ()


def test_labels_side_by_side_can_be_told_apart():
    names = [f"models/yolov5{size}_node_ECA.yaml" for size in "snm"]
    assert plot_labels.labels(names, 12) == [f"…ls/yolov5{size}…" for size in "snm"]
    assert plot_labels.labels(["adam", "sgd"], 12) == ["adam", "sgd"]
    assert plot_labels.labels([*names[:1], "sgd"], 12) == ["…de_ECA.yaml", "sgd"]


def test_every_image_is_the_same_every_time():
    study = example.sweep(8)
    first, second = (list(draw_study(study, "f", "1")) for _ in range(2))
    assert first == second
    assert all(each.content.startswith(b"\x89PNG") for each in first)
    assert [each.path for each in first] == [
        "f/1-hyperparameters.png",
        "f/1-curves.png",
        "f/1-isolation.png",
    ]


def test_odd_studies_are_drawn_without_a_warning(accuracy):
    names = ("日本語 $x^{2$", "\\frac{", "$")
    trials = tuple(
        dataclasses.replace(trial, name=name, curves={"training_loss": curve(1.0)})
        for trial, name in zip(accuracy.trials, names, strict=True)
    )
    space = SearchSpace(
        (
            dataclasses.replace(KIND, name="$kind_{", choices=("$a$", "b", "\\c")),
            Hyperparameter("zero", "float", 0.0, 1e-9),
            Hyperparameter("big", "integer", 1, 10**12, "log", declared=True),
        )
    )
    study = Study("../$x$", trials, accuracy.objective, space)
    figures = draw_all(
        dataclasses.replace(example.empty(), studies=(study,)), "r_files"
    )
    assert [each.path for each in figures] == [
        "r_files/1-x-hyperparameters.png",
        "r_files/1-x-loss.png",
    ]


def test_drawing_leaves_no_trace_in_matplotlib():
    import matplotlib

    with matplotlib.rc_context({"lines.linewidth": 7.0}):
        before = dict(matplotlib.rcParams)
        list(draw_study(example.sweep(4), "f", "1"))
        assert dict(matplotlib.rcParams) == before
