"""A point-in-time set of 100 000 rows: 144 indicators, their history and the village's book, as known at each moment.

The rows stand in a synthetic county with a year of filings behind them. Beside the time: how many rows
would hold an indicator wrong if only the day that a filing speaks of were asked, not when it became known.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, date, datetime

import numpy as np
import sqlalchemy as sa

from feature_store.adapters.point_in_time import Moments, PointInTime, point_in_time
from feature_store.adapters.sorted_statements import micros_of
from feature_store.adapters.store import Store
from feature_store.feature_set import load_feature_set
from feature_store.vector import LoanColumns
from scoring.policy.load import ROOT, load_index

FIRST, LAST = date(2018, 4, 1), date(2018, 7, 20)
RUNS = 3


@dataclass(frozen=True, slots=True)
class Found:
    """Seconds of the best of the runs and of all; the filings that stood in the store; share of rows that would leak."""

    rows: int
    filings: int
    seconds: float
    every: tuple[float, ...]
    wrong: float


def measure(store: Store, rows: int = 100_000) -> Found:
    """Build the set a few times in a filled store."""
    random = np.random.default_rng(1)
    with store.engine.begin() as connection:
        people = int(connection.execute(sa.text("SELECT max(household_no) FROM households")).scalar_one())
        filings = int(connection.execute(sa.text("SELECT count(*) FROM filings")).scalar_one())
    on = random.integers(FIRST.toordinal(), LAST.toordinal(), rows).astype(np.int32)
    starts = {
        day: micros_of(datetime.combine(date.fromordinal(day), datetime.min.time(), UTC)) for day in set(on.tolist())
    }
    known_at = np.array([starts[day] for day in on.tolist()], np.int64)
    who = random.integers(1, people + 1, rows).astype(np.int32)
    loan = LoanColumns(np.full(rows, 30_000.0), np.full(rows, 12.0), np.zeros(rows, np.int32))
    every = []
    for _ in range(RUNS):
        start = time.perf_counter()
        found = _build(store, Moments(who, on, known_at), loan)
        every.append(time.perf_counter() - start)
    later = _build(store, Moments(who, on, np.full(rows, np.iinfo(np.int64).max)), loan)
    differs = ~((found.matrix == later.matrix) | (np.isnan(found.matrix) & np.isnan(later.matrix)))
    indicators = [place for place, it in enumerate(load_feature_set().features) if it.kind == "indicator"]
    return Found(rows, filings, min(every), tuple(every), float(differs[:, indicators].any(axis=1).mean()))


def _build(store: Store, moments: Moments, loan: LoanColumns) -> PointInTime:
    policy = load_index(ROOT / "lushi").policies[0]
    with store.engine.begin() as connection:
        return point_in_time(connection, moments, loan=loan, policy=policy, feature_set=load_feature_set())
