"""Handwriting-like digits, 8 x 8 pixels, and a multilayer perceptron.

Healthy: a validation error of 4.5 to 7% after 600 steps, from a start of 90%.

with the healthy settings and
------------------------------------------------------------------------------------
overfitting           train_examples 200, label_noise 0.2, schedule constant,
                      dropout 0: the validation loss rises by half and more after
                      its minimum; dropout 0.5, weight_decay 0.03 or label_smoothing
                      0.2 hold it back
not learning          learning_rate 0, or 1e-6
still improving       learning_rate 0.002 or less, schedule constant
late noise            batch_size 8, learning_rate 0.02, schedule constant; a linear
                      decay or averaging_decay 0.99 quiets it
loss spikes           learning_rate 0.5, schedule constant
divergence            learning_rate 100
"""

from __future__ import annotations

import numpy as np

from advisor.model.curve import FloatArray, IntArray
from advisor.trainer.configuration import TrialConfiguration
from advisor.trainer.data import Data
from advisor.trainer.workloads.workload import Workload

_SEED = 1
_TRAIN, _VALIDATION = 2000, 1000
_SIDE = 8
_FONT = """
.###. ..#.. .###. ####. ...#. ##### .###. ##### .###. .###.
#...# .##.. #...# ....# ..##. #.... #.... ....# #...# #...#
#..## ..#.. ....# ....# .#.#. ####. #.... ...#. #...# #...#
#.#.# ..#.. ..##. .###. #..#. ....# ####. ..#.. .###. .####
##..# ..#.. .#... ....# ##### ....# #...# ..#.. #...# ....#
#...# ..#.. #.... ....# ...#. #...# #...# ..#.. #...# ....#
.###. .###. ##### ####. ...#. .###. .###. ..#.. .###. .###.
"""


def _strokes() -> FloatArray:
    """Ten digits of 7 rows and 5 columns."""
    rows = [line.split() for line in _FONT.split("\n")[1:-1]]
    return np.array(
        [[[c == "#" for c in row[digit]] for row in rows] for digit in range(10)],
        np.float64,
    )


def _draw(strokes: FloatArray, rng: np.random.Generator) -> FloatArray:
    """One digit: turned, slanted, scaled and shifted, with uneven ink and noise."""
    angle, slant = rng.normal(0, 0.1), rng.normal(0, 0.15)
    height, width = rng.uniform(0.85, 1.15, 2)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    shape = np.array([[1 / height, 0], [slant, 1 / width]])
    places = np.stack(np.meshgrid(*2 * [np.arange(_SIDE)], indexing="ij"), -1)
    centred = places - (_SIDE - 1) / 2 - rng.normal(0, 0.35, 2)
    at = centred @ (turn @ shape).T + np.array([3.0, 2.0])
    return _interpolated(strokes, at) * rng.uniform(0.7, 1.0)


def _interpolated(picture: FloatArray, at: FloatArray) -> FloatArray:
    """Bilinear, zero outside: picture [7, 5], places [8, 8, 2]."""
    padded = np.pad(picture, 2)
    at = np.clip(at + 2, 0, np.array(padded.shape) - 1.001)
    low = at.astype(np.int64)
    y, x = low[..., 0], low[..., 1]
    dy, dx = (at - low)[..., 0], (at - low)[..., 1]
    return np.asarray(
        (1 - dy) * ((1 - dx) * padded[y, x] + dx * padded[y, x + 1])
        + dy * ((1 - dx) * padded[y + 1, x] + dx * padded[y + 1, x + 1])
    )


def _make() -> Data:
    rng = np.random.default_rng(_SEED)
    count = _TRAIN + _VALIDATION
    labels: IntArray = rng.integers(0, 10, count)
    strokes = _strokes()
    pictures = np.stack([_draw(strokes[label], rng) for label in labels])
    pictures = pictures + rng.normal(0, 0.15, pictures.shape)
    inputs = ((pictures - 0.35) / 0.4).reshape(count, -1).astype(np.float32)
    targets = labels.astype(np.int32)
    return Data(inputs[:_TRAIN], targets[:_TRAIN], inputs[_TRAIN:], targets[_TRAIN:])


WORKLOAD = Workload(
    name="digits",
    model="perceptron",
    task="classification",
    inputs=(_SIDE * _SIDE,),
    outputs=10,
    make=_make,
    healthy=TrialConfiguration(
        workload="digits",
        max_train_steps=600,
        batch_size=32,
        learning_rate=0.05,
        schedule="cosine",
        width=32,
        depth=2,
        dropout=0.1,
        eval_every=20,
    ),
    expected=0.08,
    untrained=0.9,
)
