"""Where fuzzing starts: small files of every format, from fixtures and by hand."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from advisor.errors import Problem
from advisor.loaders.cache import answer
from advisor.loaders.cache.entry import MAGIC, Content, Reading
from advisor.loaders.cache.writing import encode
from advisor.model.curve import Curve
from advisor.model.log import Declaration, TrialLog
from advisor.model.search_space import Domain
from advisor.written import Written
from fuzz.targets import BESIDE, GOOD, LOGS, OUTPUTS

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
    "advisor-yaml": "objective: {metric: loss, goal: minimize, selection: best}\n"
    "metrics: {training_loss: loss}\nstudies: [{name: a, match: 'a/*'}]\n"
    "hyperparameters:\n  lr: {lower: 1e-5, upper: 1, scale: log, hard: [upper]}\n"
    "  b: {choices: [1, x], role: scientific}\n  c: {ignore: true}\n"
    "trials: ['2024-*']\nignore: ['*/debug']\nfacts: {compute_bound: true}\n"
    "rules:\n  disable: [{id: still-improving, reason: fixed}]\n"
    "  parameters: {too-few-trials: {min_trials: 10}}\n  folders: [.]\n"
    "confirm: {command: [python, train.py, '--lr={lr}'], timeout: 600}\n"
    "suppress: [{finding: loss-spikes-3fa9cd, reason: known, until: 2027-03-31}]\n"
    "tune:\n  search_space: {lr: {lower: 1e-4, upper: 1e-2, scale: log}}\n"
    "  fixed: {max_train_steps: 400}\n",
    "pyproject": "[tool.advisor]\nobjective = {metric = 'loss'}\n"
    "[tool.advisor.hyperparameters.lr]\nscale = 'log'\n",
    "baseline": '{"version": 1, "findings": [{"fingerprint": "a", "rule": "diverged",'
    ' "subject": "t", "severity": "warning", "message": "m"}]}',
    "next-round": "version: 1\nround: 2\nstudy: a\n"
    "hyperparameters: {lr: {role: nuisance, lower: 1e-4, upper: 0.1, scale: log}}\n"
    "constraints: [{powers: {lr: 1, momentum: -1}, above: 0.5}]\n"
    "points: [{lr: 0.01}, {lr: 0.02}]\n"
    "sequence: {seed: 1, first: 0, used: 5, dimensions: [lr]}\n",
    "yaml": "a: [1, {b: c}]\n? x\n: |\n  text\n",
    "expression": "a.b + 2 * max(c, 3) >= none and not (d == 'x' or e in (1, 2))",
    "message": "{a:.2f} of {b:,} is {'yes' if c else 'no'} {{x}} {d}",
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
        for path in sorted(ROOT.glob("rules/*/*.yaml")):
            # The file is called rule.yaml, and another id would end the reading.
            yield re.sub(rb"\Aid: .*", b"id: rule", path.read_bytes())
    if name in _BY_HAND:
        yield _BY_HAND[name].encode()
    if name == "evaluations":
        yield _evaluations()
    if name == "cache-entry":
        yield _entry()
    if name == "cache-answer":
        yield _answer()
    yield BESIDE.get(LOGS.get(name, ""), GOOD).encode()


def _evaluations() -> bytes:
    """What Stable-Baselines leaves of three evaluations of two episodes each."""
    file = io.BytesIO()
    steps, results = np.arange(3) * 1000, np.arange(6.0).reshape(3, 2)
    np.savez(file, timesteps=steps, results=results, ep_lengths=results.astype(int))
    return file.getvalue()


def _entry() -> bytes:
    """What the cache keeps of a trial and of a search space, without its checksum."""
    log = Path("a/b/c.csv")
    curve = Curve(np.arange(3), np.array([3.0, 2.0, 1.0]))
    problem = Problem(log, "a table", "less", "log again", line=3)
    trial = TrialLog(
        location=log.parent,
        format="csv",
        sources=(log,),
        curves={"loss": curve, "accuracy": curve},
        results={"loss": 1.0},
        configuration={"lr": 0.1, "optimizer": "adam"},
        problems=(problem,),
    )
    space = Declaration(log.parent, log, {"lr": Domain(0.1, 1.0, (), "log")})
    reading = Reading("csv", (), (trial, space), None)
    content = Content((0, 0, 0, 0, 0), b"")
    return encode(log, b"", content, reading)[len(MAGIC) + 16 :]


def _answer() -> bytes:
    """A kept answer with a report and a plot, without its checksum."""
    (report,) = OUTPUTS
    plot = report.parent / "report_files" / "curves.png"
    files = (Written(report, b"# Report\n"), Written(plot, b"\x89PNG"))
    kept = answer.Answer("\x1b[1mclear\x1b[0m\n", 0, files)
    return answer.encode(kept, b"", OUTPUTS)[len(answer.MAGIC) + 16 :]
