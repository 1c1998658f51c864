"""Where fuzzing starts: small files of every format, from fixtures and by hand."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from fuzz.targets import BESIDE, GOOD, LOGS

ROOT = Path(__file__).resolve().parents[1]
MOST = 16 << 10  # bytes of a seed

_FIXTURES = {
    "event-file": "*tfevents*",
    "wandb-run": "*.wandb",
    "csv": "*.csv",
    "trainer-state": "trainer_state.json",
    "configuration-json": "config.json",
    "configuration-yaml": "*.yaml",
}
_BY_HAND = {
    "csv": "Step,a - loss,a - loss__MIN,a - loss__MAX\n0,1,1,1\n1,2,2,2\n",
    "csv-table": "trial,lr,val_loss,state\na,.1,1,finished\nb,.2,nan,failed\n",
    "csv-runs": "Name,State,Created,Sweep,lr,loss\nx,finished,1,s,.1,2\ny,failed,,,,\n",
    "csv-long": "trial,step,loss\na,0,3\na,1,2\na,2,1\nb,0,3\nb,1,2\nb,2,1\n",
    "wandb-summary": '{"loss": 0.5, "acc": {"min": 0.1}, "_step": 3, "_runtime": 9.5}',
    "model-card": "---\nlicense: mit\n---\n# Model\n\n"
    "The following hyperparameters were used during training:\n"
    "- learning_rate: 5e-05\n- seed: 42\n- optimizer: Adam with x=1\n",
    "monitor": '#{"t_start": 1.5, "env_id": "x"}\nr,l,t\n1,2,3\n2,3,4\n',
    "json-lines": '{"step": 1, "loss": 1, "mode": "val"}\n{"step": 2, "loss": NaN}\n',
    "json-history": '{"loss": [1, 2], "val_loss": [1, null]}',
    "deepcave-meta": '{"objectives": [{"name": "a", "optimize": "upper"}]}',
    "configspace": '{"hyperparameters": [{"name": "x", "type": "uniform_float",'
    ' "lower": 0, "upper": 1, "log": true}]}',
    "search-space": '{"lr": {"min": 1e-4, "max": 1, "scaling": "log"},'
    ' "b": {"feasible_points": [1, 2]}}',
    "sweep": "method: bayes\nmetric: {name: loss, goal: minimize}\nparameters:\n"
    "  lr: {distribution: log_uniform_values, min: 1e-4, max: 1}\n"
    "  b: {values: [1, 2]}\n  c: {parameters: {d: {value: 1}}}\n",
    "configuration-yaml": "a: &x [1, 1e-3, 0x1F, ~, .nan]\nb: *x\nc: !t {d: 'no'}\n",
    "hydra-overrides": "- lr=1e-3\n- +model=big\n- ~x\n",
    "advisor-yaml": "objective: {metric: loss, goal: minimize}\n"
    "hyperparameters: {lr: {scale: log, lower: 1e-5}}\nrules: {still-improving: off}\n",
    "pyproject": "[tool.advisor]\nobjective = {metric = 'loss'}\n"
    "[tool.advisor.hyperparameters.lr]\nscale = 'log'\n",
    "baseline": '{"version": 1, "findings": []}',
    "next-round": "version: 1\nround: 1\nstudy: a\npoints: []\n",
    "yaml": "a: [1, {b: c}]\n? x\n: |\n  text\n",
    "expression": "a.b + 2 * max(c, 3) >= none and not (d == 'x' or e in (1, 2))",
    "message": "{a:.2f} of {b:,} is {'yes' if c else 'no'} {{x}} {d}",
    "cache-entry": "\x08",
}


def seeds(name: str) -> Iterator[bytes]:
    """Some inputs that the target takes."""
    for path in (
        sorted(ROOT.glob(f"fixtures/**/{_FIXTURES[name]}"))
        if (name in _FIXTURES)
        else ()
    ):
        content = path.read_bytes()
        if len(content) <= MOST:
            yield content
    if name == "rule":
        yield from (path.read_bytes() for path in sorted(ROOT.glob("rules/*/*.yaml")))
    if name in _BY_HAND:
        yield _BY_HAND[name].encode()
    if name == "evaluations":
        yield _evaluations()
    yield BESIDE.get(LOGS.get(name, ""), GOOD).encode()


def _evaluations() -> bytes:
    """What Stable-Baselines leaves of three evaluations of two episodes each."""
    file = io.BytesIO()
    steps, results = np.arange(3) * 1000, np.arange(6.0).reshape(3, 2)
    np.savez(file, timesteps=steps, results=results, ep_lengths=results.astype(int))
    return file.getvalue()
