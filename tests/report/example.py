"""Evaluations made by hand: what the engine might conclude, without the engine."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from advisor.errors import Problem
from advisor.model.curve import Curve
from advisor.model.finding import (
    Action,
    Edit,
    Evaluation,
    Evidence,
    Finding,
    Outcome,
    Question,
    Recommendation,
    RuleNote,
    Severity,
    Step,
    Subject,
    Verdict,
)
from advisor.model.log import Logs, TrialLog
from advisor.model.search_space import Hyperparameter, SearchSpace
from advisor.model.study import Goal, Objective, Reading, Study
from advisor.model.trial import Infeasibility, Trial

ROOT = Path("/logs")
NASTY = "a|b`<img src=x onerror=alert(1)>`**$x^2$** [x](http://evil) @team ::error::"

LEARNING_RATE = Hyperparameter(
    "learning_rate", "float", 1e-4, 0.1, "log", declared=True, alias="learning_rate"
)
DROPOUT = Hyperparameter("dropout", "float", 0.0, 0.5, hard=frozenset({"lower"}))
OPTIMIZER = Hyperparameter(
    "optimizer", "categorical", choices=("adam", "nesterov", "sgd"), role="scientific"
)
BATCH_SIZE = Hyperparameter("batch_size", "integer", 32, 512, "log", declared=True)
EPOCHS = Hyperparameter("epochs", "integer", 50, 50, role="fixed")


def trial(index: int, rng: np.random.Generator, study: str = "sweep") -> Trial:
    """A trial of a made-up problem: best near the upper bound, unstable above 0.05."""
    lr = float(1e-4 * 1000 ** rng.uniform())
    dropout = float(rng.uniform(0, 0.5))
    optimizer = str(rng.choice(OPTIMIZER.choices))
    steps = np.arange(1, 41, dtype=np.int64) * 250
    floor = 0.25 + 0.06 * abs(math.log10(lr / 0.04)) + 0.1 * (dropout - 0.3) ** 2
    floor += {"adam": 0.0, "nesterov": 0.01, "sgd": 0.05}[optimizer]
    decay = np.exp(-steps / (1500 + 500 * abs(math.log10(lr / 0.04))))
    noise = rng.normal(0, 0.004, len(steps))
    rise = np.clip(steps - 5000, 0, None) / 5000 * 0.16 * (0.6 - dropout)
    validation = floor + 0.6 * decay + rise + noise
    training = floor * 0.7 + 0.65 * decay - rise / 2 + noise / 3
    last = len(steps)
    infeasibility = None
    if lr > 0.055:
        last = int(rng.integers(4, 20))
        step = int(steps[last - 1])
        training[last - 1] = math.nan
        infeasibility = Infeasibility(
            "diverged", f"training loss is NaN at step {step:,}", step
        )
    best = int(np.argmin(validation[:last]))
    return Trial(
        name=f"{study}/trial-{index}",
        hyperparameters={
            "learning_rate": lr,
            "dropout": dropout,
            "optimizer": optimizer,
            "batch_size": int(2 ** rng.integers(5, 10)),
            "epochs": 50,
        },
        curves={
            "training_loss": Curve(steps[:last], training[:last]),
            "validation_loss": Curve(steps[:last], validation[:last]),
            "validation_error": Curve(steps[:last], validation[:last]),
        },
        error=None if infeasibility else float(validation[best]),
        final_error=None if infeasibility else float(validation[-1]),
        best_step=None if infeasibility else int(steps[best]),
        last_step=int(steps[last - 1]),
        max_train_steps=10_000,
        infeasibility=infeasibility,
        finished=index != 7,
        seed=index,
        sources=(ROOT / study / f"trial-{index}" / "metrics.csv",),
    )


def sweep(trials: int = 40, seed: int = 3) -> Study:
    """A study with everything in it: scales, roles, infeasible trials."""
    rng = np.random.default_rng(seed)
    return Study(
        name="sweep",
        trials=tuple(trial(i, rng) for i in range(trials)),
        objective=Objective("val/loss", Goal.MINIMIZE),
        search_space=SearchSpace(
            (LEARNING_RATE, DROPOUT, OPTIMIZER, BATCH_SIZE, EPOCHS)
        ),
        algorithm="quasi-random",
        facts={"compute_bound": False},
        readings=(
            Reading(
                "objective",
                "val/loss, minimize",
                "the only validation metric",
                "objective: {metric: val/loss, goal: minimize}",
            ),
            Reading(
                "scale of dropout",
                "linear",
                "values spread evenly",
                "hyperparameters: {dropout: {scale: linear}}",
                certain=False,
            ),
        ),
    )


def single() -> Study:
    """One trial without a configuration, and with a hostile name."""
    steps = np.arange(1, 21, dtype=np.int64) * 100
    accuracy = 0.9 - 0.6 * np.exp(-steps / 500)
    return Study(
        name=NASTY,
        trials=(
            Trial(
                NASTY,
                curves={
                    "validation_error": Curve(steps, -accuracy),
                    "training_loss": Curve(steps, 2 * np.exp(-steps / 700)),
                },
                error=float(-accuracy.max()),
                final_error=float(-accuracy[-1]),
                best_step=2000,
                last_step=2000,
                sources=(ROOT / "odd" / "events.out.tfevents.1",),
            ),
        ),
        objective=Objective("val_accuracy $x$", Goal.MAXIMIZE),
    )


def findings_of(study: Study) -> tuple[Finding, ...]:
    """A boundary optimum explained by instability, an overfitting best trial."""
    whole = Subject(study.name, "study", study.name)
    learning_rate = Subject(study.name, "hyperparameter", "learning_rate")
    capped = Finding(
        "learning-rate-capped-by-instability",
        learning_rate,
        Severity.ERROR,
        "learning_rate: the best trials lie at 0.0402 to 0.0531, just below 0.0551, "
        "above which 6 of 6 trials diverged.",
        (
            Evidence("cap.threshold", 0.05512, "", "smallest value that diverged"),
            Evidence("cap.p_value", 3.2e-7, "", "chance of so clean a split"),
            Evidence("cap.trials", 6, "trials", "infeasible above the threshold"),
        ),
        (
            Action(
                "Add learning-rate warmup (1,000 steps) or clip gradients, then search "
                "up to 0.5 again",
                "instability, not the optimum, ends the good range",
            ),
            Action("Read `advisor explain` before widening the range"),
        ),
        (
            Edit("set", "warmup_steps", {"values": [10, 1000, 10000]}),
            Edit("widen", "learning_rate", {"upper": 0.5, "scale": "log"}),
        ),
        {
            "reproduce": {"trial": study.trials[0].name},
            "seeds": 3,
            "counterfactual": [{"set": {"warmup_steps": 1000}}],
            "measure": "cap.threshold",
            "confirmed_if": "the trials with warmup stay finite above 0.0551",
        },
        "#when-to-apply-learning-rate-warmup",
        trials=tuple(each.name for each in study.infeasible),
    )
    boundary = Finding(
        "optimum-at-boundary",
        learning_rate,
        Severity.WARNING,
        "learning_rate: the optimum lies at the upper bound, 0.1.",
        (Evidence("location.upper", 0.1, "", "upper end of the interval"),),
        (Action("Widen learning_rate to 1"),),
        playbook="#identifying-bad-search-space-boundaries",
        superseded_by=capped.id,
        caveats=("The bound is only the largest value tried.",),
    )
    best = study.best or study.trials[0]
    overfitting = Finding(
        "problematic-overfitting",
        Subject(study.name, "trial", best.name),
        Severity.ERROR,
        f"{best.name}: validation error worsens from 0.2512 at step 5,250 to 0.2733.",
        (
            Evidence("rise.relative", 0.0880, "fraction", "of the improvement made"),
            Evidence("rise.p_value", math.nan, "", "chance of such a rise by noise"),
        ),
        (Action("Tune dropout or weight decay before comparing", "validation rises"),),
        (Edit("free", "weight_decay", {"role": "nuisance"}),),
        {"none": "the curve itself is the proof"},
        "#examining-the-training-curves",
        trials=(best.name,),
    )
    spikes = tuple(
        Finding(
            "loss-spikes",
            Subject(study.name, "trial", each.name),
            Severity.WARNING,
            f"{each.name}: the training loss jumps 3 times, at most to 12 times its "
            "local spread.",
            (Evidence("spikes.count", 3, "spikes", ""),),
            (Action("Clip gradients at the 90th percentile of their norm"),),
            playbook="#how-can-optimization-failures-be-debugged-and-mitigated",
            trials=(each.name,),
        )
        for each in study.ranked[1:8]
    )
    unknown = Finding(
        "trial-variance-unknown",
        whole,
        Severity.INFO,
        "No configuration was trained twice, so differences cannot be judged.",
        (),
        (Action(f"Train {best.name} 5 times with other seeds"),),
        playbook="#understanding-the-contribution-of-random-seeds",
    )
    return (capped, overfitting, boundary, *spikes, unknown)


def verdicts_of(study: Study, findings: tuple[Finding, ...]) -> tuple[Verdict, ...]:
    """Verdicts of every outcome, on studies, hyperparameters and trials."""
    fired = {(each.rule, each.subject.name): each for each in findings}
    whole = Subject(study.name, "study", study.name)
    verdicts = [
        Verdict(
            "steps-tuned", whole, Outcome.CLEAR, evidence=(Evidence("steps.n", 1),)
        ),
        Verdict("too-few-trials", whole, Outcome.CLEAR),
        Verdict("trial-variance-unknown", whole, Outcome.FIRES),
        Verdict(
            "throughput-not-scaling",
            whole,
            Outcome.NOT_EVALUATED,
            "examples per second",
            "log examples per second, or wall times and the batch size",
        ),
    ]
    for name in ("learning_rate", "dropout", "batch_size"):
        subject = Subject(study.name, "hyperparameter", name)
        for rule in ("learning-rate-capped-by-instability", "optimum-at-boundary"):
            outcome = Outcome.FIRES if (rule, name) in fired else Outcome.CLEAR
            reason = ""
            if rule == "optimum-at-boundary" and name == "dropout":
                outcome, reason = Outcome.INCONCLUSIVE, "the interval is 0.1 to 0.5"
            verdicts.append(Verdict(rule, subject, outcome, reason))
    for each in study.trials:
        subject = Subject(study.name, "trial", each.name)
        for rule in ("problematic-overfitting", "loss-spikes", "still-improving"):
            outcome = Outcome.FIRES if (rule, each.name) in fired else Outcome.CLEAR
            reason = ""
            if each.infeasibility and rule == "still-improving":
                points = len(each.curves["validation_error"])
                outcome = Outcome.INCONCLUSIVE
                reason = f"only {points} evaluations; 20 are wanted"
            step = Step(
                "rise.p_value < 0.01",
                (Evidence("rise.p_value", math.inf, "", "chance"),),
                outcome is Outcome.FIRES,
                "fires if",
            )
            verdicts.append(Verdict(rule, subject, outcome, reason, trace=(step,)))
        verdicts.append(
            Verdict(
                "clip-threshold",
                subject,
                Outcome.NOT_EVALUATED,
                "gradient norm",
                "log the L2 norm of the full unclipped gradient, e.g. as grad_norm",
            )
        )
    return tuple(verdicts)


def evaluation(trials: int = 40) -> Evaluation:
    """Two studies: a sweep with findings, and one trial with a hostile name."""
    study, odd = sweep(trials), single()
    findings = findings_of(study)
    hostile = Finding(
        "not-learning",
        Subject(odd.name, "trial", NASTY),
        Severity.WARNING,
        f"{NASTY}: the training loss stays at 2.303.",
        (Evidence("loss.name", NASTY, "", "as | logged"),),
        (Action(f"Look at {NASTY}"),),
        playbook="#choosing-the-initial-configuration",
    )
    leading = (findings[0], findings[1])
    spikes = tuple(each for each in findings if each.rule == "loss-spikes")
    return Evaluation(
        logs=Logs(
            roots=(ROOT,),
            trials=tuple(
                TrialLog(
                    each.sources[0].parent,
                    "table" if part is study else "event-file",
                    each.sources,
                    curves={"val/loss": each.curves["validation_error"]},
                    notes=("2 restarts",) if each.name.endswith("-3") else (),
                )
                for part in (study, odd)
                for each in part.trials
            ),
            unclaimed={".jsonl": 2},
        ),
        studies=(study, odd),
        verdicts=(
            *verdicts_of(study, findings),
            Verdict("not-learning", Subject(odd.name, "trial", NASTY), Outcome.FIRES),
        ),
        findings=(*findings[:2], hostile, *findings[2:]),
        recommendations=(
            *(
                Recommendation(each.actions[0], each.severity, (each,))
                for each in leading
            ),
            *(
                Recommendation(each.actions[0], Severity.WARNING, spikes)
                for each in spikes[:1]
            ),
            Recommendation(hostile.actions[0], Severity.WARNING, (hostile,)),
        ),
        questions=(
            Question(
                "compute_bound",
                "Is training compute-bound, that is, would you train longer if you "
                "could?",
                "longer training is advised only if it can be paid for",
                "facts: {compute_bound: true}",
            ),
        ),
        problems=(
            Problem(
                ROOT / "sweep" / "trial-99" / "metrics.csv",
                "as many cells as columns",
                "3 of 5 cells",
                "the row is left out",
                line=17,
            ),
        ),
        rules={
            "steps-tuned": RuleNote("steps-tuned", "Training length varies.", ""),
            "loss-spikes": RuleNote("loss-spikes", "The training loss jumps.", ""),
        },
    )


def empty() -> Evaluation:
    """One study of one trial that nothing was concluded about."""
    study = Study("alone", (Trial("alone", finished=False),))
    return Evaluation(Logs((ROOT,), ()), (study,), (), ())
