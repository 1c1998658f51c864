"""A trial's history as a TensorBoard event file with the hparams plugin's records.

Tags: `train/loss`, `gradient_norm` and `learning_rate` at every step; `train_subset/…`,
`validation/…` and `throughput/examples_per_second` at evaluations.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import tensorflow as tf
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.plugins.hparams import summary as hparams
from tensorboard.plugins.hparams.api_pb2 import Status

from advisor.trainer.configuration import Value
from advisor.trainer.history import History


def write_events(
    directory: Path, history: History, configuration: Mapping[str, Value]
) -> Path:
    """Writes the whole trial; the status is a failure if it became non-finite."""
    start = float(history.evaluation_times[0])
    path = directory / f"events.out.tfevents.{int(start)}.trainer"
    with tf.io.TFRecordWriter(str(path)) as writer:
        for event in _events(history, configuration, start):
            writer.write(event.SerializeToString())
    return path


def _events(
    history: History, configuration: Mapping[str, Value], start: float
) -> Iterator[Any]:
    yield Event(wall_time=start, file_version="brain.Event:2")
    told = {name: value for name, value in configuration.items() if value is not None}
    yield Event(
        wall_time=start,
        summary=_tensorboard(hparams.session_start_pb(told, start_time_secs=start)),
    )
    yield from _scalars(history)
    end = float(history.evaluation_times[-1])
    failed = history.nonfinite is not None
    status = Status.STATUS_FAILURE if failed else Status.STATUS_SUCCESS
    yield Event(
        wall_time=end,
        step=history.last_step,
        summary=_tensorboard(hparams.session_end_pb(status, end_time_secs=end)),
    )


def _tensorboard(summary: Any) -> Any:
    """The same message in the class that the event holds."""
    return Summary.FromString(summary.SerializeToString())


def _scalars(history: History) -> Iterator[Any]:
    """One event a step, evaluations after the update that they follow."""
    places = {int(step): i for i, step in enumerate(history.evaluation_steps)}
    if 0 in places:
        yield _evaluation(history, places[0])
    rows = zip(
        history.steps.tolist(),
        history.wall_times.tolist(),
        history.losses.tolist(),
        history.gradient_norms.tolist(),
        history.learning_rates.tolist(),
        strict=True,
    )
    for step, time, loss, norm, rate in rows:
        yield _event(
            step,
            time,
            {"train/loss": loss, "gradient_norm": norm, "learning_rate": rate},
        )
        if step in places:
            yield _evaluation(history, places[step])


def _evaluation(history: History, i: int) -> Any:
    values = {tag: float(curve[i]) for tag, curve in history.evaluations.items()}
    throughput = float(history.throughputs[i])
    if not math.isnan(throughput):
        values["throughput/examples_per_second"] = throughput
    step, time = int(history.evaluation_steps[i]), float(history.evaluation_times[i])
    return _event(step, time, values)


def _event(step: int, time: float, values: Mapping[str, float]) -> Any:
    rows = [Summary.Value(tag=tag, simple_value=each) for tag, each in values.items()]
    return Event(wall_time=time, step=step, summary=Summary(value=rows))
