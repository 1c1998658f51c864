"""Broken and hostile tables: clear messages, no crash, no hang."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from advisor.errors import LogError
from advisor.loaders import training_csv
from advisor.loaders.csv_kind import kind_of
from advisor.loaders.csv_table import parse_table
from advisor.model.log import TrialLog

LOADERS = [
    importlib.import_module(f"advisor.loaders.{name}")
    for name in (
        "training_csv",
        "long_table",
        "trial_table",
        "wandb_chart_csv",
        "wandb_runs_csv",
        "sb3_monitor",
    )
]


def load_all(path: Path, content: bytes) -> list[TrialLog]:
    """What the loader that claims it yields; at most one may."""
    path.write_bytes(content)
    claiming = [each for each in LOADERS if each.claims(path, content[:4096])]
    assert len(claiming) <= 1
    try:
        return [log for each in claiming for log in each.load(path)]
    except LogError:
        return []


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b",".join(b"c%d" % i for i in range(1_000_000)) + b"\n1\n", "a longer one"),
        (b"1" * (100 << 20), "a longer one"),
        (b",".join(b"c%d" % i for i in range(12_000)) + b"\n1\n", "12000"),
        (b"loss" * 50_000 + b"\n1\n", "field limit"),
    ],
    ids=["a million columns", "one line of 100 MiB", "12,000 columns", "a long name"],
)
def test_wide_files_are_refused(tmp_path: Path, content: bytes, found: str) -> None:
    path = tmp_path / "metrics.csv"
    path.write_bytes(content)
    assert training_csv.claims(path, content[:4096])
    with pytest.raises(LogError, match=found):
        list(training_csv.load(path))


def test_a_long_line_below_the_header(tmp_path: Path) -> None:
    content = b"epoch,loss\n0,2\n" + b"1" * (10 << 20) + b"\n1,1\n"
    (log,) = load_all(tmp_path / "log.csv", content)
    assert log.curves["loss"].values.tolist() == [2, 1]
    assert [problem.line for problem in log.problems] == [3]


def test_a_quote_that_is_never_closed(tmp_path: Path) -> None:
    content = b'epoch,loss\n0,2\n1,"1\n' + b"2,3\n" * 50_000
    (log,) = load_all(tmp_path / "log.csv", content)
    assert log.curves["loss"].values[0] == 2
    assert log.problems[0].line is not None


def test_names_are_made_printable(tmp_path: Path) -> None:
    name = "\x1b[2Jevil<script>\u202e`|"
    chart = f"Step,{name} - loss\n0,1\n".encode()
    (log,) = load_all(tmp_path / "chart.csv", chart)
    table = f"run,lr,loss\n{name},.1,1\nb,.2,2\n".encode()
    first, _ = load_all(tmp_path / "table.csv", table)
    for text in (log.key, log.display_name, first.key, first.display_name):
        assert text is not None
        assert text.isprintable()
        assert "<script>" in text  # the report escapes it for its own format
    (curves,) = load_all(tmp_path / "log.csv", f"step,{name}loss\n0,1\n".encode())
    assert all(tag.isprintable() for tag in curves.curves)


def test_steps_beyond_64_bits(tmp_path: Path) -> None:
    (log,) = load_all(tmp_path / "log.csv", b"step,loss\n1e30,1\n2e30,2\n")
    assert log.curves["loss"].axis == "row"


CELLS = st.sampled_from(
    ["", "0", "1", "2.5", "nan", "inf", "-1e400", "1e18", "NA", "a", '"', '"x"', "#"]
) | st.text(max_size=5)
HEADERS = st.sampled_from(
    [
        "step",
        "epoch",
        "epochs",
        "loss",
        "lr",
        "trial",
        "seed",
        "val_acc",
        "Name",
        "State",
        "number",
        "value",
        "params_lr",
        "a - loss",
        "a - loss__MIN",
        "time",
        "r",
        "l",
        "t",
        "Created",
        "batch_size",
        "",
        "diverged",
        "status",
        "config/x",
        "Step",
    ]
)


@st.composite
def tables(draw: st.DrawFn) -> str:
    header = draw(st.lists(HEADERS, min_size=1, max_size=5))
    width = st.integers(len(header) - 1, len(header) + 1)
    rows = draw(
        st.lists(
            st.one_of(
                st.lists(CELLS, min_size=len(header), max_size=len(header)),
                width.flatmap(lambda n: st.lists(CELLS, min_size=n, max_size=n)),
            ),
            max_size=8,
        )
    )
    lines = [",".join(header), *(",".join(row) for row in rows)]
    start = draw(st.sampled_from(["", "#{}\n", '#{"t_start": "x"}\n', "\ufeff", "\n"]))
    return start + "\n".join(lines) + draw(st.sampled_from(["", "\n"]))


SLOWLY = settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@SLOWLY
@given(text=tables())
@example(text="seed,step,step,step,loss\n,,,,\n,,,,\n0,,,,\ninf,,,,\ninf,,,,")
@example(text="epoch,step,loss\ninf,0,1\ninf,1,1\n")
@example(text="epoch,step,loss\n0,1,1\n1,0,1\n")
def test_tables_of_any_content_load(tmp_path: Path, text: str) -> None:
    content = text.encode("utf-8", "surrogatepass")
    logs = load_all(tmp_path / "metrics.csv", content)
    assert len({(log.location, log.key) for log in logs}) == len(logs)


@SLOWLY
@given(
    content=st.binary(max_size=200)
    | st.text().map(lambda t: t.encode("utf-8", "replace"))
)
def test_any_bytes_load(tmp_path: Path, content: bytes) -> None:
    load_all(tmp_path / "x.csv", content)


@SLOWLY
@given(text=st.text())
def test_any_text_has_a_kind(text: str) -> None:
    try:
        kind_of(parse_table(Path("x.csv"), text, notes=()))
    except LogError:
        return
