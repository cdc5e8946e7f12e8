"""The county's opinions: the whole job in seconds, and its arithmetic against LightGBM's own contributions."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from benchmarks.measure import Paired, paired
from benchmarks.opinion import OneVersion, made_up
from feature_store.adapters import promotions
from feature_store.adapters.people import People
from feature_store.adapters.promotions import Promotion
from feature_store.adapters.store import Store
from feature_store.feature_set import load_feature_set
from feature_store.filing import CIVIL_TIME
from scoring.canonical import sha256
from scoring.terms import Request
from serving.challenger.many import ask_all
from serving.challenger.standing import Challengers
from serving.clock import FixedClock
from serving.commands.advise import about_of, frame_of
from serving.commands.output import write_frame
from serving.county.advise_county import advise_county, as_known
from serving.settings import read_settings
from serving.wiring import Parts, wire

NOW = datetime(2018, 10, 1, 9, tzinfo=CIVIL_TIME)
LOAN = Request("planting", Decimal(30_000), 24)


@dataclass(frozen=True, slots=True)
class Advised:
    """seconds: of the clock, from the store to the file. cpu_seconds: of this process, the database's not among them.

    file_mb: size of the Parquet file. arithmetic: of ``rows`` households with their vectors at hand; ratio ours / bare.
    """

    households: int
    seconds: float
    cpu_seconds: float
    file_mb: float
    rows: int
    arithmetic: Paired


def measure(store: Store, *, rows: int = 10_000, runs: int = 3) -> Advised:
    """Everyone in the store is advised on by a made-up model of the usual size, promoted for the purpose."""
    with tempfile.TemporaryDirectory(prefix="lushi-advise-") as name:
        parts, out = parts_on(store, Path(name)), Path(name) / "opinions.parquet"
        start, begun = time.perf_counter(), time.process_time()
        found = advise_county(parts, NOW.date(), LOAN)
        write_frame(frame_of(found), out, about=about_of(found))
        seconds, cpu = time.perf_counter() - start, time.process_time() - begun
        size = out.stat().st_size / 1e6
    challenger, few = found.challenger, _first(found.people, rows)
    with store.looking(found.known_at) as moment:
        seen = as_known(moment, few, on=found.on, loan=LOAN, policy=found.policy, feature_set=challenger.feature_set)
    ratio = paired(
        lambda: ask_all(challenger, seen.matrix),
        lambda: challenger.booster.predict(seen.matrix, pred_contrib=True, num_threads=1),
        runs=runs,
    )
    ours = Paired(ratio.ours, ratio.peer, 1 / ratio.ratio, 1 / ratio.high, 1 / ratio.low)
    return Advised(len(found.people.household_no), seconds, cpu, size, len(few.household_no), ours)


def parts_on(store: Store, folder: Path) -> Parts:
    """A service on this store in which a made-up model of the usual size advises; the clock stands at :data:`NOW`."""
    artefact = made_up(load_feature_set())
    parts = replace(wire(read_settings({"LUSHI_DATA": str(folder)})), clock=FixedClock(NOW))
    parts.__dict__["store"] = store
    parts.__dict__["challengers"] = Challengers(OneVersion(artefact), load_feature_set, timeout_ms=60_000)
    with store.engine.begin() as connection:
        at, _ = promotions.lock_and_history(connection, parts.clock.now)
        move = Promotion("promotion", "1", sha256(artefact.model), None, "one", "other", "benchmark", at)
        promotions.record(connection, move)
    return parts


def _first(people: People, rows: int) -> People:
    return People(people.household_ids[:rows], people.household_no[:rows], people.villages[:rows])
