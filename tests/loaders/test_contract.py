"""What every loader promises, on one small file of each format."""

from __future__ import annotations

import io
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from event_bytes import scalar
from event_bytes import write as write_events
from wandb_bytes import configuration, ended, framed, history, run

from advisor.loaders.cache.store import HEAD
from advisor.loaders.collect import collect
from advisor.loaders.known import Loader, known_loaders
from advisor.model.log import Declaration, TrialLog

LOADERS = {loader.NAME: loader for loader in known_loaders()}
STATE = {"log_history": [{"step": i, "loss": 1 / (i + 1)} for i in range(4)]}
SPACE = {"hyperparameters": [{"name": "lr", "lower": 0, "upper": 1}]}
CHART = '"Step","a - loss","a - loss__MIN","a - loss__MAX"\n"1","0.5","0.5","0.5"\n'


def _archive() -> bytes:
    stream = io.BytesIO()
    np.savez(stream, timesteps=np.arange(3), results=np.ones((3, 2)))
    return stream.getvalue()


def _lines(*rows: object) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


SAMPLES: dict[str, dict[str, str | bytes]] = {
    "configspace": {"configspace.json": json.dumps(SPACE)},
    "deepcave": {
        "history.jsonl": _lines([0, 1.0, -1, [0.5], 0, 1, 1, {}]),
        "configs.json": '{"0": {"lr": 0.1}}',
        "meta.json": '{"objectives": [{"name": "loss", "optimize": "lower"}]}',
    },
    "hf-trainer": {"trainer_state.json": json.dumps(STATE)},
    "hpbandster": {
        "results.json": _lines([[0, 0, 0], 1.0, {}, {"loss": 1, "info": {}}, None]),
        "configs.json": _lines([[0, 0, 0], {"lr": 0.1}, {}]),
    },
    "json-history": {"log.jsonl": _lines(*STATE["log_history"])},
    "long-table": {"all.csv": "trial,step,loss\na,1,1\na,2,0\nb,1,1\nb,2,0\n"},
    "sb3-evaluations": {"evaluations.npz": _archive()},
    "sb3-monitor": {"0.monitor.csv": '#{"t_start": 1.0}\nr,l,t\n1,9,1\n2,9,2\n'},
    "tensorboard": {"events.out.tfevents.1700000000.host": b""},
    "training-csv": {"log.csv": "epoch,loss\n0,1\n1,0.5\n2,0.25\n"},
    "trial-table": {"trials.csv": "trial,lr,val_loss\n1,0.1,1\n2,0.2,2\n"},
    "tuning-search-space": {"tuning_search_space.json": '{"lr": {"min": 1, "max": 2}}'},
    "wandb-chart-csv": {"chart.csv": CHART},
    "wandb-run": {
        "run-abc.wandb": framed(
            run(), configuration(lr=1), history(1, loss=1), history(2, loss=2), ended()
        )
    },
    "wandb-runs-csv": {"runs.csv": "Name,State,Runtime,lr,loss\na,finished,9,0.1,1\n"},
    "wandb-sweep": {"sweep.yaml": "method: random\nparameters: {lr: {values: [1]}}\n"},
}


def put(folder: Path, name: str) -> Path:
    """The sample of a loader; returns its own file."""
    folder.mkdir(parents=True, exist_ok=True)
    for file, content in SAMPLES[name].items():
        data = content.encode() if isinstance(content, str) else content
        (folder / file).write_bytes(data)
    path = folder / next(iter(SAMPLES[name]))
    if name == "tensorboard":
        write_events(path, *(scalar(i, "loss", i) for i in range(4)))
    return path


@pytest.fixture(params=sorted(LOADERS))
def loader(request: pytest.FixtureRequest) -> Loader:
    return LOADERS[request.param]


def test_every_loader_has_a_sample() -> None:
    assert SAMPLES.keys() == LOADERS.keys()


def test_names_are_words(loader: Loader) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", loader.NAME)
    assert 10 < len(loader.READS) < 200
    assert not loader.READS.endswith(".")


def test_its_own_file_is_claimed_by_it_alone(loader: Loader, tmp_path: Path) -> None:
    path = put(tmp_path, loader.NAME)
    claimed = {each.NAME for each in LOADERS.values() if each.claims(path, _head(path))}
    assert claimed == {loader.NAME}


def _head(path: Path) -> bytes:
    return path.read_bytes()[:HEAD]


def test_what_it_yields(loader: Loader, tmp_path: Path) -> None:
    path = put(tmp_path / "trial", loader.NAME)
    parts = list(loader.load(path))
    assert parts
    for part in parts:
        assert part.location in (path, path.parent)
        if isinstance(part, Declaration):
            assert part.source == path
        else:
            assert isinstance(part, TrialLog)
            assert part.format == loader.NAME
            assert part.sources[0] == path
            assert all(source.is_file() for source in part.sources)
            assert part.points or part.results
            assert not part.problems
    assert len(collect([tmp_path]).problems) == 0


def test_reading_it_twice_gives_the_same(loader: Loader, tmp_path: Path) -> None:
    path = put(tmp_path, loader.NAME)
    assert list(loader.load(path)) == list(loader.load(path))


def damaged(data: bytes) -> Iterator[bytes]:
    """Truncations, changed bytes, garbage, and other encodings of one file."""
    chance = random.Random(len(data))
    yield from (b"", b"\0" * 100, b"\xff\xfe" + data, b"\xef\xbb\xbf" + data, data * 3)
    yield from (b"{" * 9999, b"[" * 99_999, b'{"a":' * 9999, b"," * 5000, b"\n" * 5000)
    for place in chance.sample(range(len(data)), min(60, len(data))):
        yield data[:place]
        yield data[:place] + bytes([chance.randrange(256)]) + data[place + 1 :]
        yield data[:place] + b"9" * 400 + data[place:]
        yield data[:place] + data[place + chance.randrange(40) :]
    for size in (1, 10, 100, 1000):
        yield chance.randbytes(size)
        yield data[: chance.randrange(len(data))] + chance.randbytes(size)


def test_damage_is_told_or_left_out_and_never_a_crash(
    loader: Loader, tmp_path: Path
) -> None:
    put(tmp_path / "good", "training-csv")
    path = put(tmp_path / "bad", loader.NAME)
    for data in damaged(path.read_bytes()):
        path.write_bytes(data)
        logs = collect([tmp_path])
        assert tmp_path / "good" in {trial.location for trial in logs.trials}
        for problem in logs.problems:
            assert "mistake of ours" not in problem.remedy, (problem, data[:200])


def test_files_beside_it_may_be_damaged_too(loader: Loader, tmp_path: Path) -> None:
    path = put(tmp_path, loader.NAME)
    others = [each for each in tmp_path.iterdir() if each != path]
    for other in others:
        whole = other.read_bytes()
        for data in damaged(whole):
            other.write_bytes(data)
            for problem in collect([tmp_path]).problems:
                assert "mistake of ours" not in problem.remedy, (problem, data[:200])
        other.write_bytes(whole)


def test_a_loader_that_cannot_look_at_a_file_costs_only_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(path: Path, head: bytes) -> bool:
        raise PermissionError(13, "Permission denied")

    put(tmp_path, "training-csv")
    monkeypatch.setattr(LOADERS["wandb-sweep"], "claims", failing)
    logs = collect([tmp_path])
    assert len(logs.trials) == 1
    assert [problem.found for problem in logs.problems] == ["permission denied"]
