"""Tuning problems that begin with a bad search space."""

from __future__ import annotations

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

LITTLE_DECAY = term("weight_decay", 1e-4, 2.0, 1.5, 0.3)

BAD = (
    Problem(
        "rate far too small",
        (rate(1e-6, 1e-4), decay(1e-6, 1e-2)),
        Valleys((usual_rate(3e-3), LITTLE_DECAY), (wall("learning_rate", 0.1),)),
    ),
    Problem(
        "half diverges",
        (rate(1e-3, 10), share("label_smoothing", 0.0, 0.3)),
        Valleys(
            (usual_rate(0.05), term("label_smoothing", 0.1, 0.2, 0.3, 0.2)),
            (wall("learning_rate", 0.2),),
        ),
    ),
    Problem(
        "momentum meets rate",
        (rate(1e-3, 1), momentum(0.5, 0.99), decay(1e-6, 1e-2)),
        Valleys(
            (
                term("learning_rate/momentum", 0.5, 0.8, 0.5, 0.9),
                term("momentum", 0.05, 0.8, 0.8, 0.3),
                LITTLE_DECAY,
            ),
            (wall("learning_rate/momentum", 1.5),),
        ),
    ),
    Problem(
        "rate on a linear scale",
        (rate(1e-5, 0.1, "linear"), share("dropout", 0.0, 0.5)),
        Valleys(
            (usual_rate(4e-4), term("dropout", 0.2, 0.3, 0.3, 0.3)),
            (wall("learning_rate", 0.06),),
        ),
    ),
    Problem(
        "far too wide",
        (rate(1e-8, 10), decay(1e-8, 1), share("dropout", 0.0, 0.9)),
        Valleys(
            (
                usual_rate(1e-3),
                term("weight_decay", 1e-3, 1.5, 1.0, 0.4),
                term("dropout", 0.1, 0.3, 0.3, 0.5),
            ),
            (wall("learning_rate", 0.03),),
        ),
    ),
    Problem(
        "four of six inert",
        (
            rate(1e-5, 1e-1),
            share("dropout", 0.0, 0.8),
            share("label_smoothing", 0.0, 0.3),
            positive("epsilon", 1e-10, 1e-4),
            momentum(0.9, 0.999, "beta2"),
            positive("clip_norm", 0.1, 10),
        ),
        Valleys(
            (usual_rate(2e-3), term("dropout", 0.15, 0.25, 0.25, 0.6)),
            (wall("learning_rate", 0.05),),
        ),
    ),
    Problem(
        "outside twice",
        (rate(1e-6, 1e-4), decay(1e-3, 1), share("dropout", 0.0, 0.5)),
        Valleys(
            (
                usual_rate(1e-3),
                term("weight_decay", 1e-5, 1.2, 1.2, 0.5),
                term("dropout", 0.2, 0.3, 0.3, 0.3),
            ),
            (wall("learning_rate", 0.05),),
        ),
    ),
    Problem(
        "dropout too strong",
        (rate(1e-4, 1e-1), share("dropout", 0.3, 0.8), decay(1e-6, 1e-2)),
        Valleys(
            (usual_rate(5e-3), term("dropout", 0.05, 0.25, 0.25, 0.7), LITTLE_DECAY)
        ),
    ),
    Problem(
        "momentum too small",
        (rate(1e-4, 1e-1), momentum(0.0, 0.9), share("dropout", 0.0, 0.5)),
        Valleys(
            (
                term("learning_rate/momentum", 0.3, 1.0, 0.5, 0.9),
                term("momentum", 0.01, 0.8, 0.7, 0.6),
                term("dropout", 0.2, 0.3, 0.3, 0.3),
            ),
            (wall("learning_rate/momentum", 1.2),),
        ),
    ),
    Problem(
        "out of memory",
        (rate(1e-5, 1e-1), whole("width", 16, 4096), whole("batch_size", 16, 4096)),
        Valleys(
            (
                usual_rate(3e-3),
                term("width", 600, 0.8, 1.5, 0.6),
                term("batch_size", 128, 1.2, 1.0, 0.3),
            ),
            (wall("width*batch_size", 2**18, "crashed"),),
        ),
    ),
    Problem(
        "linear decay, far too strong",
        (rate(1e-4, 1e-2), decay(0.01, 0.3, "linear")),
        Valleys((usual_rate(2e-3), term("weight_decay", 3e-4, 1.2, 1.0, 0.7))),
    ),
    Problem(
        "five of Adam",
        (
            rate(1e-6, 1e-3),
            momentum(0.8, 0.99, "beta1"),
            momentum(0.9, 0.999, "beta2"),
            positive("epsilon", 1e-10, 1e-6),
            decay(1e-6, 1e-2),
        ),
        Valleys(
            (
                usual_rate(5e-3),
                term("epsilon", 1e-4, 2.0, 1.5, 0.4),
                term("beta1", 0.1, 1.5, 1.5, 0.3),
                LITTLE_DECAY,
            ),
            (wall("learning_rate", 0.05),),
        ),
    ),
    Problem(
        "clipping too late",
        (rate(1e-2, 10), positive("clip_norm", 1, 100), decay(1e-6, 1e-2)),
        Valleys(
            (
                term("learning_rate*clip_norm", 0.03, 0.8, 0.6, 0.8),
                term("clip_norm", 0.3, 1.0, 1.0, 0.4),
                LITTLE_DECAY,
            ),
            (wall("learning_rate*clip_norm", 3.0),),
            noise=0.05,
        ),
    ),
    Problem(
        "everything at once",
        (
            rate(1e-4, 1, "linear"),
            momentum(0.0, 0.99),
            decay(1e-2, 1),
            share("dropout", 0.0, 0.8),
        ),
        Valleys(
            (
                term("learning_rate/momentum", 0.05, 0.8, 0.6, 0.9),
                term("weight_decay", 1e-4, 1.2, 1.0, 0.5),
            ),
            (wall("learning_rate/momentum", 0.8),),
        ),
    ),
    table(
        "digits, Nesterov, rate too large",
        "digits-nesterov",
        (rate(0.3, 30), momentum(0.0, 0.99), share("dropout", 0.2, 0.7)),
    ),
    table(
        "digits, AdamW, rate too small",
        "digits-adamw",
        (rate(1e-5, 3e-4), decay(1e-3, 100), share("label_smoothing", 0.0, 0.9)),
    ),
    table(
        "regression, Adam, linear rate",
        "regression-adam",
        (
            rate(1e-5, 1, "linear"),
            positive("epsilon", 1e-8, 1e-3),
            momentum(0.0, 0.99, "beta1"),
        ),
    ),
    table(
        "deep, Nesterov, clipping too late",
        "deep-nesterov",
        (rate(1e-3, 30), positive("clip_norm", 3, 100), momentum(0.0, 0.97)),
    ),
)
