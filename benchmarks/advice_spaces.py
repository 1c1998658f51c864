"""All problems: bad spaces, healthy ones, and those that were held out."""

from __future__ import annotations

from benchmarks.advice_bad_spaces import BAD, LITTLE_DECAY
from benchmarks.advice_problems import (
    Problem,
    decay,
    momentum,
    positive,
    rate,
    share,
    table,
    term,
    usual_rate,
    wall,
    whole,
)
from benchmarks.advice_surfaces import Valleys

HEALTHY = (
    Problem(
        "two",
        (rate(1e-4, 1e-1), decay(1e-6, 1e-2)),
        Valleys((usual_rate(3e-3), LITTLE_DECAY)),
        healthy=True,
    ),
    Problem(
        "three",
        (rate(1e-5, 1e-1), decay(1e-6, 1e-2), share("dropout", 0.0, 0.6)),
        Valleys(
            (usual_rate(2e-3), LITTLE_DECAY, term("dropout", 0.25, 0.25, 0.25, 0.5)),
            (wall("learning_rate", 0.06),),
        ),
        healthy=True,
    ),
    Problem(
        "four, rate and momentum",
        (
            rate(1e-3, 1),
            momentum(0.5, 0.98),
            decay(1e-6, 1e-2),
            share("label_smoothing", 0.0, 0.3),
        ),
        Valleys(
            (
                term("learning_rate/momentum", 0.3, 1.0, 0.8, 0.9),
                LITTLE_DECAY,
                term("label_smoothing", 0.1, 0.2, 0.3, 0.3),
            ),
            (wall("learning_rate/momentum", 10),),
        ),
        healthy=True,
    ),
    Problem(
        "five, noisy",
        (
            rate(1e-5, 1e-1),
            decay(1e-6, 1e-2),
            share("dropout", 0.0, 0.6),
            share("label_smoothing", 0.0, 0.3),
            positive("clip_norm", 0.1, 10),
        ),
        Valleys(
            (
                usual_rate(2e-3),
                LITTLE_DECAY,
                term("dropout", 0.2, 0.25, 0.25, 0.4),
                term("clip_norm", 1.0, 1.0, 1.5, 0.2),
            ),
            noise=0.06,
        ),
        healthy=True,
    ),
    table(
        "digits, Nesterov",
        "digits-nesterov",
        (rate(1e-3, 3), momentum(0.0, 0.97), share("dropout", 0.0, 0.6)),
        healthy=True,
    ),
)

HELD_OUT = (
    Problem(
        "warmup too short",
        (
            rate(1e-3, 1),
            whole("warmup_steps", 1, 50),
            share("dropout", 0.0, 0.5),
        ),
        Valleys(
            (
                usual_rate(0.05),
                term("warmup_steps", 500, 1.5, 1.0, 0.5),
                term("dropout", 0.1, 0.4, 0.4, 0.1),
            ),
            (wall("learning_rate/warmup_steps", 0.02),),
        ),
        held_out=True,
    ),
    Problem(
        "most diverges, optimum below",
        (rate(1e-2, 100), decay(1e-10, 1)),
        Valleys(
            (usual_rate(5e-3), term("weight_decay", 1e-4, 2.0, 1.0, 0.5)),
            (wall("learning_rate", 0.1),),
        ),
        held_out=True,
    ),
    Problem(
        "rate outside, two inert",
        (
            rate(1e-5, 1e-3),
            momentum(0.0, 0.95),
            share("label_smoothing", 0.0, 0.5),
            share("dropout", 0.0, 0.9),
        ),
        Valleys(
            (
                term("learning_rate/momentum", 0.3, 0.9, 0.6, 0.9),
                term("dropout", 0.1, 0.4, 0.3, 0.5),
            ),
            (wall("learning_rate/momentum", 3.0),),
        ),
        held_out=True,
    ),
    Problem(
        "six, far too wide",
        (
            rate(1e-8, 1),
            decay(1e-9, 1),
            share("dropout", 0.0, 0.8),
            share("label_smoothing", 0.0, 0.5),
            momentum(0.0, 0.99),
            positive("clip_norm", 0.01, 100),
        ),
        Valleys(
            (
                usual_rate(1e-3),
                term("weight_decay", 1e-4, 1.5, 1.2, 0.5),
                term("dropout", 0.2, 0.3, 0.3, 0.4),
            ),
            (wall("learning_rate/momentum", 0.3),),
        ),
        held_out=True,
    ),
    Problem(
        "epsilon on a linear scale",
        (rate(1e-5, 1e-1), positive("epsilon", 1e-8, 1, "linear"), decay(1e-6, 1e-2)),
        Valleys(
            (usual_rate(4e-3), term("epsilon", 1e-4, 1.5, 1.2, 0.6), LITTLE_DECAY),
            (wall("learning_rate", 0.05),),
            noise=0.05,
        ),
        held_out=True,
    ),
    table(
        "digits, AdamW, decay too strong",
        "digits-adamw",
        (rate(1e-3, 10), decay(3, 100), share("label_smoothing", 0.0, 0.9)),
        held_out=True,
    ),
    Problem(
        "three, sharp",
        (rate(1e-4, 1e-1), decay(1e-5, 1e-1), momentum(0.5, 0.95)),
        Valleys(
            (
                term("learning_rate", 4e-3, 0.5, 0.4, 0.9),
                term("weight_decay", 1e-3, 0.8, 0.8, 0.5),
                term("momentum", 0.15, 0.6, 0.6, 0.3),
            )
        ),
        healthy=True,
        held_out=True,
    ),
    table(
        "regression, Adam",
        "regression-adam",
        (
            rate(1e-4, 1e-1),
            positive("epsilon", 1e-8, 1e-2),
            momentum(0.5, 0.99, "beta1"),
        ),
        healthy=True,
        held_out=True,
    ),
)

PROBLEMS = (*BAD, *HEALTHY, *HELD_OUT)
