"""Generated training curves: shapes, noises and planted defects, as studies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from advisor.model.curve import Curve, FloatArray
from advisor.model.study import Goal, Objective, Study
from advisor.model.trial import Infeasibility, Part, Trial

STEPS = 10_000
SHAPES = (
    "exponential",
    "power",
    "cosine-drop",
    "staircase",
    "warmup-bump",
    "plateau-then-drop",
)
NOISES = ("white", "ar", "heavy", "shrinking", "varying", "skewed")


def trend(shape: str, times: FloatArray, floor: float, knee: float) -> FloatArray:
    """A healthy curve without noise: from 1 down to `floor` over `times` in 0..1.

    `knee` is where most of the improvement is done, as a fraction of training.
    """
    t = times
    match shape:
        case "exponential":
            fall = np.exp(-3 * t / knee)
        case "power":
            fall = (1 + t / (knee / 20)) ** -0.8
        case "cosine-drop":
            fall = 0.4 * np.exp(-3 * t / knee) + 0.3 * (1 + np.cos(np.pi * t))
        case "staircase":
            fall = 0.6 ** np.floor(t / max(knee / 2, 0.2)) * np.exp(-t / knee)
        case "warmup-bump":
            bump = 0.4 * np.exp(-(((t - 0.04) / 0.025) ** 2))
            fall = np.exp(-3 * t / knee) + bump
        case "plateau-then-drop":
            fall = 1 / (1 + np.exp((t - knee) / 0.04))
        case _:
            raise LookupError(f"no shape is called {shape}")
    return floor + (1 - floor) * fall


def noise(
    kind: str, rng: np.random.Generator, level: FloatArray, rho: float = 0.8
) -> FloatArray:
    """Noise of unit standard deviation (of unit scale where it varies)."""
    n = len(level)
    match kind:
        case "white":
            return rng.standard_normal(n)
        case "ar":
            return autoregressive(rng, n, rho)
        case "heavy":
            return rng.standard_t(3, n) / np.sqrt(3)
        case "shrinking":
            return rng.standard_normal(n) * level
        case "varying":
            wave = np.sin(np.linspace(0, rng.uniform(3, 12), n) + rng.uniform(0, 6))
            return rng.standard_normal(n) * np.exp(0.7 * wave)
        case "skewed":
            return (rng.gamma(2.0, size=n) - 2) / np.sqrt(2)
    raise LookupError(f"no noise is called {kind}")


def autoregressive(rng: np.random.Generator, n: int, rho: float) -> FloatArray:
    """A stationary AR(1) series of unit variance."""
    shocks = rng.standard_normal(n) * np.sqrt(1 - rho**2)
    values = np.empty(n)
    last = rng.standard_normal()
    for i, shock in enumerate(shocks):
        last = values[i] = rho * last + shock
    return values


def steps_of(count: int) -> FloatArray:
    """`count` logged steps, evenly spaced, the last of them `STEPS`."""
    return np.round(np.linspace(STEPS / count, STEPS, count)).astype(np.int64)


def curve(values: FloatArray | Sequence[float], steps: Any = None) -> Curve:
    """A curve over evenly spaced steps."""
    return Curve(
        steps_of(len(values)) if steps is None else np.asarray(steps),
        np.asarray(values, dtype=np.float64),
    )


def make_trial(
    name: str, curves: Mapping[Part, Curve], *, detail: str = "", **extra: Any
) -> Trial:
    """A trial whose error is the best of its validation error (or loss)."""
    objective = curves.get("validation_error", curves.get("validation_loss"))
    steps = [int(each.steps[-1]) for each in curves.values()]
    values: dict[str, Any] = {"last_step": max(steps, default=None)}
    if detail:
        values["infeasibility"] = Infeasibility("diverged", detail)
    elif objective is not None and len(objective.finite()):
        finite = objective.finite()
        best = int(np.argmin(finite.values))
        values |= {
            "error": float(finite.values[best]),
            "final_error": float(finite.values[-1]),
            "best_step": int(finite.steps[best]),
        }
    return Trial(name, curves=curves, **(values | extra))


def make_curve_study(
    trials: Sequence[Trial],
    metric: str = "validation/loss",
    goal: Goal = Goal.MINIMIZE,
    split: str = "validation",
    **extra: Any,
) -> Study:
    """A study of these trials."""
    return Study("study", tuple(trials), Objective(metric, goal, split), **extra)


def random_healthy_trial(rng: np.random.Generator, name: str = "trial-0") -> Trial:
    """A healthy trial with shape, length and noise drawn at random.

    Training loss with mini-batch noise, validation loss, and a validation error that
    is either that loss or one minus an accuracy in visible quanta.
    """
    shape = str(rng.choice(SHAPES))
    floor, knee = rng.uniform(0.02, 0.6), float(np.exp(rng.uniform(-3, -0.3)))
    scale = float(np.exp(rng.uniform(-2, 2)))
    training = scale * _noisy(rng, shape, _count(rng, 10, 2000), floor, knee, 0.2)
    evaluations = _count(rng, 5, 20) if rng.random() < 0.4 else _count(rng, 10, 2000)
    validation = scale * _noisy(rng, shape, evaluations, floor * 1.1, knee, 0.1)
    error = validation
    if rng.random() < 0.5:
        examples = int(np.exp(rng.uniform(np.log(50), np.log(10_000))))
        raw = _noisy(rng, shape, evaluations, floor * 0.7, knee, 0.1) * 0.9
        error = np.round(np.clip(raw, 0, 1) * examples) / examples - 1
    return make_trial(
        name,
        {
            "training_loss": curve(training),
            "validation_loss": curve(validation),
            "validation_error": curve(error),
        },
    )


def _count(rng: np.random.Generator, lower: int, upper: int) -> int:
    return round(float(np.exp(rng.uniform(np.log(lower), np.log(upper)))))


def _noisy(
    rng: np.random.Generator,
    shape: str,
    count: int,
    floor: float,
    knee: float,
    largest: float,
) -> FloatArray:
    """A curve of `count` points with noise of 0.1% to `largest` of its fall."""
    level = trend(shape, steps_of(count) / STEPS, floor, knee)
    size = np.exp(rng.uniform(np.log(0.001), np.log(largest)))
    kind = str(rng.choice(NOISES))
    values = level + size * noise(kind, rng, level, rng.uniform(0.3, 0.9))
    # A loss does not fall below zero: what noise is left there is folded back.
    return np.abs(values)


def healthy(
    *,
    shape: str = "exponential",
    evaluations: int = 60,
    noise_size: float = 0.01,
    trials: int = 1,
    seed: int = 0,
) -> Study:
    """Trials whose training loss and validation loss both fall to a floor."""
    rng = np.random.default_rng(seed)
    return make_curve_study(
        [
            make_trial(
                f"trial-{i}",
                {
                    "training_loss": _fall(rng, evaluations, noise_size, shape, 0.1),
                    "validation_loss": (
                        loss := _fall(rng, evaluations, noise_size, shape)
                    ),
                    "validation_error": loss,
                },
            )
            for i in range(trials)
        ]
    )


def overfitting(
    *,
    rise: float = 0.5,
    noise_size: float = 0.02,
    evaluations: int = 40,
    knee: float = 0.3,
    metric: str = "loss",
    healthy_trials: int = 0,
    seed: int = 0,
) -> Study:
    """One trial whose validation loss rises by `rise` from `knee` to the end.

    With `metric` "accuracy" the objective is an accuracy that goes on improving.
    """
    rng = np.random.default_rng(seed)
    loss = _fall(rng, evaluations, noise_size, "exponential", 0.3, knee).values.copy()
    times = steps_of(evaluations) / STEPS
    loss += rise * np.clip((times - knee) / (1 - knee), 0, None)
    error = loss
    goal, name = Goal.MINIMIZE, "validation/loss"
    if metric == "accuracy":
        noises = noise_size * noise("white", rng, times)
        error = trend("exponential", times, 0.1, 0.6) - 1 + noises * 0.2
        goal, name = Goal.MAXIMIZE, "validation/accuracy"
    curves: dict[Part, Curve] = {
        "training_loss": _fall(rng, evaluations, noise_size / 4, "exponential", 0.01),
        "validation_loss": curve(loss),
        "validation_error": curve(error),
    }
    others = [
        make_trial(
            f"trial-{i}",
            {"validation_error": _fall(rng, evaluations, noise_size, floor=0.05)},
        )
        for i in range(1, healthy_trials + 1)
    ]
    return make_curve_study([make_trial("trial-0", curves), *others], name, goal)


def late_bump(*, height: float = 0.5, evaluations: int = 60, seed: int = 0) -> Study:
    """A validation loss with a passing rise, as in double descent."""
    rng = np.random.default_rng(seed)
    times = steps_of(evaluations) / STEPS
    loss = _fall(rng, evaluations, 0.01, "exponential", 0.3, 0.3).values
    loss = loss + height * np.exp(-(((times - 0.6) / 0.1) ** 2)) - 0.1 * times
    return _validated(curve(loss))


def late_outlier(*, height: float = 0.5, evaluations: int = 60, seed: int = 0) -> Study:
    """A validation loss whose last value alone is far up."""
    rng = np.random.default_rng(seed)
    loss = _fall(rng, evaluations, 0.01).values.copy()
    loss[-1] += height
    return _validated(curve(loss))


def diverging(
    *,
    at: float = 0.05,
    final: float | str = "nan",
    points: int = 200,
    noise_size: float = 0.02,
    max_train_steps: int | None = STEPS,
    stops: bool = True,
    seed: int = 0,
) -> Study:
    """A training loss that breaks at the fraction `at`: NaN, or up to `final`."""
    rng = np.random.default_rng(seed)
    loss = _fall(rng, points, noise_size, "exponential", 0.1).values.copy()
    broken = round(at * points)
    if isinstance(final, str):
        loss[broken:] = float(final)
        kept = broken + 1 if stops else points
    else:
        loss[broken:] = final + noise_size * rng.standard_normal(points - broken)
        kept = points
    curves: dict[Part, Curve] = {
        "training_loss": curve(loss[:kept], steps_of(points)[:kept])
    }
    return make_curve_study(
        [make_trial("trial-0", curves, max_train_steps=max_train_steps)]
    )


def isolated_nan(*, points: int = 100, seed: int = 0) -> Study:
    """A healthy training loss with one value in the middle that is NaN."""
    rng = np.random.default_rng(seed)
    loss = _fall(rng, points, 0.02).values.copy()
    loss[points // 2] = np.nan
    return _trained(curve(loss))


def spiking(
    *,
    height: float = 1.0,
    spikes: int = 2,
    width: int = 4,
    points: int = 400,
    noise_size: float = 0.02,
    kind: str = "white",
    recovers: bool = True,
    gradients: bool = False,
    seed: int = 0,
) -> Study:
    """A training loss that jumps up by `height` and decays back, or stays."""
    rng = np.random.default_rng(seed)
    times = steps_of(points) / STEPS
    level = trend("exponential", times, 0.3, 0.4)
    loss = level + noise_size * noise(kind, rng, level)
    norms = 1 + 0.1 * rng.standard_normal(points)
    for place in np.linspace(0.3, 0.8, spikes) * points:
        after = np.arange(points) - int(place)
        shape = np.exp(-after / width) if recovers else np.ones(points)
        loss = loss + np.where(after >= 0, height * shape, 0.0)
        norms[int(place)] += 10
    curves: dict[Part, Curve] = {"training_loss": curve(loss)}
    if gradients:
        curves["gradient_norm"] = curve(norms)
    return make_curve_study([make_trial("trial-0", curves)])


def climbing(
    *,
    rise: float = 0.4,
    begin: float = 0.4,
    points: int = 200,
    noise_size: float = 0.02,
    jump: bool = False,
    seed: int = 0,
) -> Study:
    """A training loss that falls, then climbs by `rise` to the end."""
    rng = np.random.default_rng(seed)
    times = steps_of(points) / STEPS
    loss = _fall(rng, points, noise_size, "exponential", 0.3, begin / 2).values
    up = np.clip((times - begin) / (1 - begin), 0, None)
    loss = loss + rise * ((times > begin) if jump else up)
    return _trained(curve(loss))


def flat(
    *,
    level: float = 1.5,
    noise_size: float = 0.1,
    points: int = 60,
    learning_rate: float | None = None,
    logged_share: float = 1.0,
    learned: float = 0.0,
    seed: int = 0,
) -> Study:
    """A training loss without a trend (or one that falls by `learned`)."""
    rng = np.random.default_rng(seed)
    steps = np.maximum((steps_of(points) * logged_share).astype(np.int64), 1)
    if logged_share < 1:
        steps = np.arange(points)
    values = level + noise_size * rng.standard_normal(points)
    values -= learned * np.linspace(0, 1, points)
    curves: dict[Part, Curve] = {"training_loss": curve(values, steps)}
    if learning_rate is not None:
        curves["learning_rate"] = curve(np.full(points, learning_rate), steps)
    return make_curve_study([make_trial("trial-0", curves, last_step=STEPS)])


def rewards(
    *,
    learned: float = 0.0,
    loss_factor: float = 0.9,
    episodes: int = 5000,
    seed: int = 0,
) -> Study:
    """Rewards of -1, 0 or 1 whose mean rises by `learned`.

    The loss ends at `loss_factor` times its start.
    """
    rng = np.random.default_rng(seed)
    drift = learned * np.linspace(0, 1, episodes)
    reward = np.clip(np.round(rng.normal(drift, 1.0)), -1, 1)
    loss = 0.55 * np.linspace(1, loss_factor, 90) + 0.002 * rng.standard_normal(90)
    trial = make_trial(
        "trial-0",
        {
            "training_loss": curve(loss),
            "validation_error": curve(-reward),
            "rewards": curve(-reward),
        },
    )
    return make_curve_study([trial], "episode_reward", Goal.MAXIMIZE)


def improving(
    *,
    gain: float = 0.3,
    noise_size: float = 0.01,
    evaluations: int = 60,
    decay: bool = False,
    configured: int | None = None,
    seed: int = 0,
) -> Study:
    """An error that falls by `gain` an e-fold of the steps up to the end.

    With `decay` it falls faster at the end, as the logged learning rate goes to zero.
    `configured` steps of training are in the configuration.
    """
    rng = np.random.default_rng(seed)
    times = steps_of(evaluations) / STEPS
    error = 1 - gain * np.log(times / times[0]) / np.log(evaluations)
    extra: dict[Part, Curve] = {}
    if decay:
        error = error - gain * times**4
        extra["learning_rate"] = curve(0.5 * (1 + np.cos(np.pi * times)) + 1e-4)
    error = error + noise_size * rng.standard_normal(evaluations)
    logged = curve(error)
    parts: dict[Part, Curve] = {"validation_loss": logged, "validation_error": logged}
    trial = make_trial("trial-0", parts | extra, max_train_steps=configured)
    return make_curve_study([trial])


def saturated(
    *,
    knee: float = 0.1,
    noise_size: float = 0.005,
    evaluations: int = 80,
    seed: int = 0,
) -> Study:
    """Training and validation that are done at `knee`."""
    rng = np.random.default_rng(seed)
    falls = [
        _fall(rng, evaluations, noise_size, "exponential", floor, knee)
        for floor in (0.1, 0.3)
    ]
    return _validated(falls[1], training_loss=falls[0])


def noisy_end(
    *,
    noise_size: float = 0.05,
    gap: float = 0.05,
    trials: int = 5,
    evaluations: int = 80,
    seed: int = 0,
) -> Study:
    """Trials that end `gap` apart from first to last, with noise all along."""
    rng = np.random.default_rng(seed)
    made = []
    for i in range(trials):
        base = _fall(rng, evaluations, noise_size, "exponential", 0.3, 0.2).values
        error = curve(base + gap * i / max(trials - 1, 1))
        made.append(
            make_trial(
                f"trial-{i}",
                {"validation_error": error},
                error=0.3 + gap * i / max(trials - 1, 1),
            )
        )
    return make_curve_study(made)


def unvalidated(*, validated: int = 0, trained: int = 3, seed: int = 0) -> Study:
    """Trials with a training loss, of which some have a validation loss too."""
    rng = np.random.default_rng(seed)
    made = []
    for i in range(trained):
        curves: dict[Part, Curve] = {"training_loss": _fall(rng, 50, 0.01)}
        if i < validated:
            curves["validation_loss"] = _fall(rng, 50, 0.01)
        made.append(make_trial(f"trial-{i}", curves))
    return Study("study", tuple(made))


def without_curves(*, trials: int = 2) -> Study:
    """Trials known by their results only."""
    made = [Trial(f"trial-{i}", error=0.1 * (i + 1)) for i in range(trials)]
    return make_curve_study(made)


def _fall(
    rng: np.random.Generator,
    count: int,
    size: float,
    shape: str = "exponential",
    floor: float = 0.3,
    knee: float = 0.3,
) -> Curve:
    level = trend(shape, steps_of(count) / STEPS, floor, knee)
    return curve(level + size * rng.standard_normal(count))


def _validated(error: Curve, **extra: Curve) -> Study:
    curves: dict[Any, Curve] = {
        "validation_loss": error,
        "validation_error": error,
        **extra,
    }
    return make_curve_study([make_trial("trial-0", curves)])


def _trained(loss: Curve) -> Study:
    return make_curve_study([make_trial("trial-0", {"training_loss": loss})])
