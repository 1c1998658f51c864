"""One update of M trials: gradient, norm, clipping, decay, update rule, averaging."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import tensorflow as tf

from advisor.trainer.configuration import TrialConfiguration
from advisor.trainer.context import Context
from advisor.trainer.optimizers import COUPLED_DECAY, UPDATES, Hyperparameters
from advisor.trainer.problem import Problem
from advisor.trainer.tensor import Tensor, Tensors

State: TypeAlias = dict[str, dict[str, Tensor]]
"""`weights`, `statistics`, `averages`, and the optimizer's `slot_0`, `slot_1`."""


class Settings(NamedTuple):
    """Of M trials, one number each: float32 [M]."""

    momentum: Tensor
    beta1: Tensor
    beta2: Tensor
    rho: Tensor
    epsilon: Tensor
    weight_decay: Tensor
    clip_norm: Tensor  # infinite where nothing is clipped
    dropout: Tensor
    label_smoothing: Tensor
    averaging_decay: Tensor
    keys: Tensor  # uint32 [M], of the random numbers


@dataclass(frozen=True, slots=True)
class Uses:
    """What at least one of the trials uses; the rest is not even compiled."""

    dropout: bool
    label_smoothing: bool
    weight_decay: bool
    clip_norm: bool
    averaging_decay: bool


def update(
    problem: Problem,
    configuration: TrialConfiguration,
    uses: Uses,
    state: State,
    settings: Settings,
    batch: tuple[Tensor, Tensor],
    rates: Tensor,
    step: Tensor,
) -> tuple[State, Tensor, Tensor]:
    """The next state; the losses and unclipped gradient norms before the update, [M].

    Args:
        problem: the models.
        configuration: what the trials have in common.
        uses: which parts are compiled.
        state: before the update.
        settings: one number a trial.
        batch: inputs and targets, [M, B, …].
        rates: learning rates, [M].
        step: number of the update, from 0, int32.
    """
    losses, gradients, statistics = _differentiate(
        problem, uses, state, settings, batch, step
    )
    norms = gradient_norms(gradients)
    if uses.clip_norm:
        clip = settings.clip_norm
        factors = tf.where(norms > clip, clip / norms, 1.0)
        gradients = {
            name: beside(factors, each) * each for name, each in gradients.items()
        }
    following = _updated(
        problem, configuration, state, settings, gradients, rates, step
    )
    following["statistics"] = statistics
    if uses.averaging_decay:
        following["averages"] = _averaged(
            state["averages"], following["weights"], settings, step
        )
    else:
        following["averages"] = state["averages"]
    return following, losses, norms


def gradient_norms(gradients: Tensors) -> Tensor:
    """L2 norms over all weights of each trial, [M]."""
    squares = [
        tf.reduce_sum(tf.square(each), list(range(1, len(each.shape))))
        for each in gradients.values()
    ]
    return tf.sqrt(tf.add_n(squares))


def beside(numbers: Tensor, weight: Tensor) -> Tensor:
    """[M] shaped to multiply a weight [M, …]."""
    return tf.reshape(numbers, (-1, *(1 for _ in weight.shape[1:])))


def _differentiate(
    problem: Problem,
    uses: Uses,
    state: State,
    settings: Settings,
    batch: tuple[Tensor, Tensor],
    step: Tensor,
) -> tuple[Tensor, dict[str, Tensor], dict[str, Tensor]]:
    context = Context(
        training=True,
        statistics=state["statistics"],
        keys=settings.keys,
        step=step,
        dropout=settings.dropout if uses.dropout else None,
    )
    weights = state["weights"]
    smoothing = settings.label_smoothing if uses.label_smoothing else None
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(weights)
        outputs = problem.apply(weights, batch[0], context)
        losses = tf.reduce_mean(problem.task.loss(outputs, batch[1], smoothing), 1)
        losses = losses + context.added if context.added is not None else losses
        # Trials do not share weights, so the sum's gradient is each one's own.
        total = tf.reduce_sum(losses)
    gradients = tape.gradient(
        total, weights, unconnected_gradients=tf.UnconnectedGradients.ZERO
    )
    return losses, gradients, {**state["statistics"], **context.updated}


def _updated(
    problem: Problem,
    configuration: TrialConfiguration,
    state: State,
    settings: Settings,
    gradients: Tensors,
    rates: Tensor,
    step: Tensor,
) -> State:
    rule = UPDATES[configuration.optimizer]
    coupled = configuration.optimizer in COUPLED_DECAY
    slots = sorted(name for name in state if name.startswith("slot_"))
    following: State = {name: {} for name in ("weights", *slots)}
    for name, weight in state["weights"].items():
        hyperparameters = _shaped(settings, rates, weight, step, problem.decays(name))
        gradient = gradients[name]
        if coupled:
            gradient = gradient + hyperparameters.weight_decay * weight
        before = tuple(state[slot][name] for slot in slots)
        after, after_slots = rule(weight, gradient, before, hyperparameters)
        following["weights"][name] = after
        for slot, value in zip(slots, after_slots, strict=True):
            following[slot][name] = value
    return following


def _shaped(
    settings: Settings, rates: Tensor, weight: Tensor, step: Tensor, decays: bool
) -> Hyperparameters:
    return Hyperparameters(
        learning_rate=beside(rates, weight),
        momentum=beside(settings.momentum, weight),
        beta1=beside(settings.beta1, weight),
        beta2=beside(settings.beta2, weight),
        rho=beside(settings.rho, weight),
        epsilon=beside(settings.epsilon, weight),
        weight_decay=beside(settings.weight_decay, weight) if decays else 0.0,
        step=tf.cast(step + 1, tf.float32),
    )


def _averaged(
    averages: Tensors, weights: Tensors, settings: Settings, step: Tensor
) -> dict[str, Tensor]:
    """Polyak averaging, exponential; short at first, as ExponentialMovingAverage."""
    count = tf.cast(step, tf.float32)
    decay = tf.minimum(settings.averaging_decay, (1 + count) / (10 + count))
    return {
        name: beside(decay, weight) * averages[name]
        + (1 - beside(decay, weight)) * weight
        for name, weight in weights.items()
    }
