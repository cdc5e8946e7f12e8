"""A flat file by period: its indices and shares are those of direct computation; faults are named all at once."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import typer
from typer.testing import CliRunner

from scoring.metrics.binning import parting_edges
from serving.commands import watch as command
from serving.monitoring.flat_file import Columns, TableRefused, watch_file

ROOT = Path(__file__).parents[3]
CLIENTS = ROOT.parent / "shared" / "data" / "taiwan" / "taiwan.csv.gz"
MONTHS = ("2005-04", "2005-05", "2005-06", "2005-07", "2005-08", "2005-09")
needs_clients = pytest.mark.skipif(
    not CLIENTS.exists(), reason="the 30 000 clients (UCI data set 350) are not part of the project and not here"
)


@pytest.fixture(scope="module")
def months(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The clients' six months one under the other: bill, paid and months late of each; late next month is the outcome of the first five."""
    clients = pl.read_csv(CLIENTS.read_bytes())
    rows = []
    for number, month in enumerate(MONTHS):
        place = 6 - number
        late = pl.col(f"PAY_{place}")
        bad = pl.col("bad") if place == 1 else (pl.col(f"PAY_{place - 1}") >= 2).cast(pl.Int64).alias("bad")
        rows.append(
            clients.select(
                pl.lit(month).alias("month"),
                pl.col("LIMIT_BAL").alias("limit"),
                pl.col(f"BILL_AMT{place}").alias("bill"),
                pl.col(f"PAY_AMT{place}").alias("paid"),
                late.alias("late"),
                (100 - 10 * late).alias("score"),
                bad,
            )
        )
    path = tmp_path_factory.mktemp("taiwan") / "months.parquet"
    pl.concat(rows).write_parquet(path)
    return path


@needs_clients
def test_six_months_of_real_clients_match_direct_computation(months: Path) -> None:
    found = watch_file(months, Columns("month", "score", "bad", features=("bill", "paid", "late")))
    assert found["periods"] == list(MONTHS)
    frame = pl.read_parquet(months)
    first = frame.filter(pl.col("month") == MONTHS[0])
    for month, report in zip(MONTHS[1:], found["reports"], strict=True):
        now = frame.filter(pl.col("month") == month)
        said = {(it["id"], it["about"]["id"]): it for it in report["figures"]}
        rate = said["population.bad_rate", ""]
        assert rate["value"] == f"{now['bad'].mean():.6f}"
        assert rate["reference"] == f"{first['bad'].mean():.6f}"
        assert rate["n"] == 30_000
        for feature in ("bill", "paid", "late"):
            then, after = first[feature].to_numpy(), now[feature].to_numpy()
            assert float(said["population.psi_feature", feature]["value"]) == pytest.approx(_psi(then, after), abs=2e-6)


def _psi(then: np.ndarray, now: np.ndarray) -> float:  # type: ignore[type-arg]
    """The index by its definition, straight from the rows: a bin for each of few values, else about ten equal ones."""
    values = np.unique(then)
    if len(values) <= 20:
        seen = np.unique(np.concatenate([then, now]))
        counts = [(int((then == it).sum()), int((now == it).sum())) for it in seen]
    else:
        edges = [-np.inf, *parting_edges(then), np.inf]
        counts = [
            (int(((then > low) & (then <= high)).sum()), int(((now > low) & (now <= high)).sum()))
            for low, high in pairwise(edges)
        ]
    firm = [(a, b) for a, b in counts if (a + b) / 2 >= 5]
    sparse = [(a, b) for a, b in counts if 0 < (a + b) / 2 < 5]
    if sparse:
        firm.append((sum(a for a, _ in sparse), sum(b for _, b in sparse)))
    total = 0.0
    for a, b in firm:
        before, after = max(a, 0.5) / len(then), max(b, 0.5) / len(now)
        total += (after - before) * np.log(after / before)
    return float(total)


def test_one_command_writes_report_and_page(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    path = tmp_path / "rows.csv"
    month = np.repeat(["1", "2", "3"], 600)
    income = random.lognormal(9, 1, 1800) * np.where(month == "1", 1, 10)
    pl.DataFrame(
        {"month": month, "points": random.integers(50, 150, 1800), "income": income, "bad": random.integers(0, 2, 1800)}
    ).write_csv(path)
    app = typer.Typer()
    command.register(app, lambda: pytest.fail("no database is needed"))
    app.command("other")(lambda: None)
    out, html = tmp_path / "watch.json", tmp_path / "watch.html"
    arguments = ["--period", "month", "--score", "points", "--outcome", "bad", "--feature", "income", "--lang", "en"]
    done = CliRunner().invoke(app, ["watch", "table", str(path), *arguments, "--out", str(out), "--html", str(html)])
    assert done.exit_code == 0, done.output
    content = json.loads(out.read_text(encoding="utf-8"))
    amber, red = (report["alarms"] for report in content["reports"])
    assert [it["level"] for it in amber] == ["amber"]
    assert [(it["level"], it["about"]["ids"]) for it in red] == [("red", ["income"])]
    assert "income" in html.read_text(encoding="utf-8")


def test_a_faulty_file_is_refused_with_every_fault_and_without_its_values(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("month,points,bad,pd\n1,5,0,0.1\n,secret,2,1.5\n2,,1,0.2\n", encoding="utf-8")
    with pytest.raises(TableRefused) as refused:
        watch_file(path, Columns("month", "points", "bad", "pd"))
    said = str(refused.value)
    for words in (
        "the period is empty",
        "not a number",
        "the score is empty",
        "the outcome is not allowed",
        "strictly between",
    ):
        assert words in said
    assert "secret" not in said
    with pytest.raises(TableRefused, match="the column is missing"):
        watch_file(path, Columns("month", "points", features=("income",)))
