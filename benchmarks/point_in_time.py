"""A point-in-time set of 100 000 rows: 144 indicators, their history and the village's book, as known at each moment.

The rows stand in a synthetic county with a year of filings behind them. Beside the time: how many rows
would hold an indicator wrong if only the day that a filing speaks of were asked, not when it became known.
"""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import sqlalchemy as sa

from feature_store.adapters import embedded
from feature_store.adapters.import_file import import_file
from feature_store.adapters.migrate import upgrade_to_head
from feature_store.adapters.point_in_time import Moments, PointInTime, point_in_time
from feature_store.adapters.sorted_statements import micros_of
from feature_store.adapters.store import Store
from feature_store.feature_set import load_feature_set
from feature_store.importing import files_in_order
from feature_store.synthetic.county import write_county
from feature_store.vector import LoanColumns
from scoring.policy.load import ROOT, load_index

ROUNDS = 6
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


def measure(households: int, rows: int = 100_000) -> Found:
    """Write and import a county, then build the set a few times."""
    with tempfile.TemporaryDirectory(prefix="lushi-pit-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "pg").mkdir()
        url = embedded.start(folder / "pg")
        try:
            engine = sa.create_engine(url)
            upgrade_to_head(engine)
            store = Store(engine)
            _import(store, folder / "county", households)
            return measure_store(store, rows)
        finally:
            embedded.stop(folder / "pg")


def measure_store(store: Store, rows: int) -> Found:
    """The same in a store that is already filled."""
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


def _import(store: Store, folder: Path, households: int) -> None:
    policies = load_index(ROOT / "lushi")
    first, second = policies.policies
    write_county(
        folder,
        policy_2017=first,
        policy_2021=second,
        households=households,
        seed=2017,
        format="parquet",
        full_rows=False,
        rounds=ROUNDS,
        progress=None,
    )
    for path in files_in_order([folder]):
        day = date.fromisoformat(path.parent.name)
        now = datetime(day.year, day.month, day.day, 1, tzinfo=UTC)
        done = import_file(store, path, policies=policies, now=lambda now=now: now, id_key=b"k" * 32)
        if done.outcome != "imported":
            raise RuntimeError(f"{path.name} of {path.parent.name} was not imported")
