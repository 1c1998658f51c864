"""Characters of generated sentences, and a small transformer that predicts the next.

Healthy: 22 to 24% of the characters are not foreseen after 300 steps, from a start of
96%. Which word comes next is chance, so that nothing gets far below.
"""

from __future__ import annotations

import numpy as np

from advisor.trainer.configuration import TrialConfiguration
from advisor.trainer.data import Data
from advisor.trainer.tensor import Array
from advisor.trainer.workloads.workload import Workload

_SEED = 3
_TRAIN, _VALIDATION = 1024, 256
_LENGTH = 24
_SYMBOLS = " .abcdefghijklmnopqrstuvwxyz"
_WORDS = {
    "article": "the a one every that",
    "adjective": "small old quiet round green sharp slow early",
    "noun": "river stone garden window letter engine winter barrel candle morning",
    "verb": "follows carries opens forgets answers covers leaves meets",
    "adverb": "slowly again today there often",
}
_SENTENCES = (
    ("article noun verb article noun", 0.3),
    ("article adjective noun verb article noun", 0.3),
    ("article noun verb adverb", 0.2),
    ("article adjective noun verb article adjective noun adverb", 0.2),
)


def _write(length: int, rng: np.random.Generator) -> str:
    """Sentences of a grammar without meaning; some words are likelier than others."""
    patterns = [pattern for pattern, _ in _SENTENCES]
    chances = [chance for _, chance in _SENTENCES]
    text = ""
    while len(text) < length:
        kinds = str(rng.choice(patterns, p=chances)).split()
        words = [_WORDS[kind].split() for kind in kinds]
        text += " ".join(each[int(len(each) * rng.random() ** 1.5)] for each in words)
        text += ". "
    return text[:length]


def _windows(count: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Symbols and the symbols that follow them, [count, 24], from one long text."""
    text = _write(count * _LENGTH + 1, rng)
    codes = np.array([_SYMBOLS.index(symbol) for symbol in text], np.int32)
    shape = (count, _LENGTH)
    return codes[:-1].reshape(shape), codes[1:].reshape(shape)


def _make() -> Data:
    rng = np.random.default_rng(_SEED)
    return Data(*_windows(_TRAIN, rng), *_windows(_VALIDATION, rng))


WORKLOAD = Workload(
    name="sentences",
    model="transformer",
    task="classification",
    inputs=(_LENGTH,),
    outputs=len(_SYMBOLS),
    make=_make,
    healthy=TrialConfiguration(
        workload="sentences",
        max_train_steps=300,
        batch_size=16,
        learning_rate=0.01,
        optimizer="adamw",
        schedule="cosine",
        warmup_steps=20,
        normalization="layer",
        residual=True,
        activation="gelu",
        weight_decay=0.01,
        width=32,
        depth=2,
        eval_every=15,
    ),
    expected=0.25,
    untrained=1 - 1 / len(_SYMBOLS),
)
