"""Many updates, or one evaluation, of M trials as one compiled function."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import tensorflow as tf

from advisor.trainer.configuration import TrialConfiguration
from advisor.trainer.context import Context
from advisor.trainer.problem import Problem
from advisor.trainer.step import Settings, State, Uses, update
from advisor.trainer.tensor import Tensor, Tensors

_SMALLEST_EVALUATION = 256  # examples at a time; never fewer than in a training batch


@dataclass(frozen=True, slots=True)
class Compiled:
    """The two functions; they are compiled anew for every number of trials."""

    advance: Any
    evaluate: Any


@lru_cache(maxsize=16)
def compiled(problem: Problem, common: TrialConfiguration, uses: Uses) -> Compiled:
    """Compiled by XLA once a problem and process."""

    def advance(
        state: State,
        settings: Settings,
        examples: tuple[Tensor, Tensor],
        order: Tensor,
        rates: Tensor,
        first: Tensor,
        count: Tensor,
    ) -> tuple[State, Tensor, Tensor]:
        return _advance(
            problem, common, uses, state, settings, examples, order, rates, first, count
        )

    def evaluate(
        weights: Tensors, statistics: Tensors, examples: tuple[Tensor, Tensor]
    ) -> tuple[Tensor, Tensor]:
        size = max(common.batch_size, _SMALLEST_EVALUATION)
        return _evaluate(problem, weights, statistics, examples, size)

    return Compiled(
        tf.function(advance, jit_compile=True, autograph=False),
        tf.function(evaluate, jit_compile=True, autograph=False),
    )


def _advance(
    problem: Problem,
    common: TrialConfiguration,
    uses: Uses,
    state: State,
    settings: Settings,
    examples: tuple[Tensor, Tensor],
    order: Tensor,
    rates: Tensor,
    first: Tensor,
    count: Tensor,
) -> tuple[State, Tensor, Tensor]:
    """`count` updates from number `first` on; losses and gradient norms [T, M].

    `order` [T, M, B] and `rates` [T, M] may be longer than `count`.
    """
    length, trials = rates.shape

    def body(
        i: Tensor, state: State, losses: Tensor, norms: Tensor
    ) -> tuple[Tensor, State, Tensor, Tensor]:
        batch = tf.gather(examples[0], order[i]), tf.gather(examples[1], order[i])
        state, loss, norm = update(
            problem, common, uses, state, settings, batch, rates[i], first + i
        )
        return i + 1, state, losses.write(i, loss), norms.write(i, norm)

    rows = [
        tf.TensorArray(tf.float32, length, element_shape=(trials,)) for _ in range(2)
    ]
    _, state, losses, norms = tf.while_loop(
        lambda i, *_: i < count, body, (tf.constant(0), state, *rows)
    )
    return state, losses.stack(), norms.stack()


def _evaluate(
    problem: Problem,
    weights: Tensors,
    statistics: Tensors,
    examples: tuple[Tensor, Tensor],
    size: int,
) -> tuple[Tensor, Tensor]:
    """Losses and errors of every example, [M, N], without dropout and smoothing."""
    trials = next(iter(weights.values())).shape[0]
    number = examples[0].shape[0]
    size = min(size, number)
    parts = -(-number // size)
    places = tf.minimum(tf.range(parts * size), number - 1)
    places = tf.reshape(places, (parts, size))

    def spread(x: Tensor) -> Tensor:
        return tf.broadcast_to(x[None], (trials, *x.shape))

    def body(i: Tensor, losses: Tensor, errors: Tensor) -> tuple[Tensor, ...]:
        inputs, targets = (spread(tf.gather(each, places[i])) for each in examples)
        context = Context(training=False, statistics=statistics)
        outputs = problem.apply(weights, inputs, context)
        losses = losses.write(i, problem.task.loss(outputs, targets, None))
        return i + 1, losses, errors.write(i, problem.task.error(outputs, targets))

    rows = [
        tf.TensorArray(tf.float32, parts, element_shape=(trials, size))
        for _ in range(2)
    ]
    _, *found = tf.while_loop(lambda i, *_: i < parts, body, (tf.constant(0), *rows))
    losses, errors = (
        tf.reshape(tf.transpose(each.stack(), (1, 0, 2)), (trials, -1))[:, :number]
        for each in found
    )
    return losses, errors
