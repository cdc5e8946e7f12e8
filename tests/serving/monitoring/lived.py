"""A small county lived through quarter by quarter: files imported at their time, watched when each quarter's books have closed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path

import polars as pl

from feature_store.adapters import promotions
from feature_store.adapters.import_file import import_file
from feature_store.adapters.promotions import Promotion
from feature_store.feature_set import load_feature_set
from feature_store.filing import CIVIL_TIME
from feature_store.importing import files_in_order
from feature_store.synthetic.county import write_county
from scoring.canonical import sha256
from scoring.policy.load import ROOT, load
from serving.challenger.standing import Challengers
from serving.clock import FixedClock
from serving.monitoring.watch import Watched, watch
from serving.settings import read_settings
from serving.wiring import Parts, wire
from tests.fakes import models
from tests.fakes.registry import FakeRegistry

WATCHED = (date(2017, 7, 31), date(2017, 10, 31), date(2018, 4, 30), date(2018, 7, 31))
PROMOTED = date(2017, 8, 5)
BROKEN = date(2018, 4, 10)
"""From this round on the village files income in another unit, and tells nobody."""


@dataclass(frozen=True)
class Lived:
    """The county after its last quarter, the report of each watch as it was made then, and the folder of its files."""

    parts: Parts
    clock: FixedClock
    made: dict[date, Watched]
    registry: FakeRegistry
    county: Path


def live(folder: Path) -> Lived:
    """Live through six rounds of 600 households; a model of random outcomes stands from August 2017 on."""
    lushi = ROOT / "lushi"
    rounds = write_county(
        folder / "county",
        policy_2017=load(lushi / "2017-04-01"),
        policy_2021=load(lushi / "2021-03-01"),
        households=600,
        seed=3,
        format="parquet",
        full_rows=False,
        rounds=6,
        progress=None,
    )
    clock = FixedClock(_at(date(2017, 4, 1)))
    parts = replace(wire(read_settings({"LUSHI_DATA": str(folder / "data")})), clock=clock)
    registry = FakeRegistry()
    parts.__dict__["challengers"] = Challengers(registry, load_feature_set, timeout_ms=60_000)
    steps: list[tuple[date, Path | None]] = [(date.fromisoformat(one.name), one) for one in rounds]
    steps += [(day, None) for day in (*WATCHED, PROMOTED)]
    made = {}
    for day, files in sorted(steps, key=lambda step: step[0]):
        clock.moment = _at(day)
        if files is not None:
            if day >= BROKEN:
                _break(files)
            _import(parts, files)
        elif day == PROMOTED:
            _promote(parts, registry)
        else:
            made[day] = watch(parts, day)
    return Lived(parts, clock, made, registry, folder / "county")


def _at(day: date) -> datetime:
    return datetime.combine(day, time(18), CIVIL_TIME)


def _break(files: Path) -> None:
    for path in files.glob("village*.parquet"):
        frame = pl.read_parquet(path)
        if "net_income_per_head_cny" in frame.columns:
            frame.with_columns(pl.col("net_income_per_head_cny").cast(pl.Int64) // 10).write_parquet(path)


def _import(parts: Parts, files: Path) -> None:
    for path in files_in_order([files]):
        done = import_file(parts.store, path, policies=parts.policies, now=parts.clock.now, id_key=parts.id_key)
        assert done.outcome == "imported", [str(it) for it in done.faults[:3]]


def _promote(parts: Parts, registry: FakeRegistry) -> None:
    artefact = models.artefact(load_feature_set())
    version = registry.add(artefact).version
    with parts.store.engine.begin() as connection:
        at, _ = promotions.lock_and_history(connection, parts.clock.now)
        move = Promotion("promotion", version, sha256(artefact.model), None, "Wang", "Li", "test", at)
        promotions.record(connection, move)
