"""The benchmark against the synthetic county's truth, on a county small enough for a test."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars
import pytest
from rich.console import Console

from benchmarks import truth
from feature_store.adapters.store import Store
from scoring.metrics.gini import auc
from tests.training_data.conftest import END, HOUSEHOLDS
from training.cohort import Cohort


@pytest.fixture(scope="module")
def found(imported: Store, county_folder: Path) -> truth.Found:
    return truth.measure(imported, county_folder / "truth" / "true_pd.parquet", known_at=END)


def test_all_scores_are_judged_on_the_same_later_loans(found: truth.Found, judged: Cohort, county_folder: Path) -> None:
    later = judged.disbursed >= found.since.toordinal()
    bad = judged.bad[later]
    assert found.judged == (later.sum(), bad.sum())
    stated = polars.read_parquet(county_folder / "truth" / "true_pd.parquet")
    known = dict(zip(stated["loan_id"], stated["true_pd"], strict=True))
    true = np.array([known[it] for it in judged.loan_ids[later].tolist()])
    assert found.auc["truth"].value == pytest.approx(float(auc(true, bad)), abs=1e-12)
    assert found.auc["binding"].value == pytest.approx(float(auc(-judged.score[later].astype(float), bad)), abs=1e-12)
    assert found.auc["challenger"].value == pytest.approx(found.figures["overall.auc"], abs=1e-12)
    gap = found.auc["truth"].value - found.auc["binding"].value
    closed = (found.auc["challenger"].value - found.auc["binding"].value) / gap
    assert found.closed.value == pytest.approx(closed, abs=1e-12)


def test_the_vintages_hold_every_row_and_the_model_speaks_only_of_those_it_did_not_see(
    found: truth.Found, judged: Cohort
) -> None:
    assert [it.name for it in found.vintages] == sorted(set(judged.vintage.tolist()))
    assert sum(it.rows for it in found.vintages) == len(judged.bad)
    assert sum(it.bads for it in found.vintages) == judged.bad.sum()
    first = f"{found.since.year}Q{(found.since.month + 2) // 3}"
    for one in found.vintages:
        assert (one.mean_pd is not None) == (one.in_the_large is not None) == (one.name >= first)
        assert one.bad_rate.low <= one.bads / one.rows <= one.bad_rate.high
        assert 0.01 < one.mean_true_pd < 0.15
    seen = [it for it in found.vintages if it.mean_pd is not None]
    mean = sum(it.rows * (it.mean_pd or 0) for it in seen) / sum(it.rows for it in seen)
    assert mean == pytest.approx(found.figures["judged.mean_chance"], abs=1e-12)


def test_what_is_printed_is_called_synthetic_and_states_goals_and_verdict(found: truth.Found) -> None:
    console = Console(record=True, width=170)
    truth.show(found, HOUSEHOLDS, console)
    text = console.export_text()
    assert text.startswith("synthetic county of 1,500 households")
    assert text.count("synthetic") >= 4
    for words in ("gap closed", "≥ 60 %", "goal 0.9 – 1.1", f"gate: {found.verdict}", *found.reasons, "2020Q1"):
        assert words in text
