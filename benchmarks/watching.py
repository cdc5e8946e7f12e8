"""What the watch says of synthetic counties whose fate is known: alarms in quiet ones, and when a planted cause is named.

Each county's files are imported in order, as recorded on their days; at the closing of 2019Q1 the lent version (:mod:`benchmarks.lent_version`) is promoted by
two names. Then every later quarter is watched as known at its own watch: the figures, limits and alarms of ``lushi watch``, read once for all
quarters instead of anew for each (that a report of a past day made today is the one made then is kept by tests/serving/monitoring/test_watch.py).
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.lent_version import TRAINED, write
from benchmarks.planted import planted
from feature_store.quarter import BOOKS_OPEN, Quarter
from feature_store.synthetic.living import Life
from feature_store.synthetic.rounds import MOST, rounds
from serving.approvals.promote import promote
from serving.clock import FixedClock
from serving.monitoring.county_frame import CountyFrames, CountyPeriod
from serving.monitoring.limits import load_limits
from serving.monitoring.looks import Look, look_on
from serving.monitoring.report import body
from serving.settings import read_settings
from serving.wiring import Parts, wire

LAST = {
    "quiet": Quarter(2021, 4),
    "shock": Quarter(2020, 4),
    "feature_break": Quarter(2020, 3),
    "concept_change": Quarter(2020, 4),
}
"""By scenario the last quarter that is watched: quiet ones to the end, the others until well after their cause began."""
SCENARIOS = tuple(LAST)
HOURS = timedelta(hours=9)
"""So long after its books closed a quarter is watched."""
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Said:
    """An alarm. says: its first three lines, in English."""

    level: str
    figure: str
    kind: str
    says: str


@dataclass(frozen=True, slots=True)
class Watched:
    """One county's life. begins: the quarter in which the planted cause does, '' for none; words: what names it.

    alarms: by quarter that was watched. blind_spots: by quarter, what the report says of the estimate's blind spot, where it does.
    """

    scenario: str
    seed: int
    households: int
    begins: str
    words: tuple[str, ...]
    alarms: dict[str, tuple[Said, ...]]
    seconds: float
    blind_spots: dict[str, str]

    def red(self) -> list[str]:
        """The quarters with a red alarm."""
        return [quarter for quarter, said in self.alarms.items() if any(it.level == "red" for it in said)]


def watched(scenario: str, seed: int, *, households: int, lent: tuple[Path, str], progress: Progress) -> Watched:
    """Live through one county under the lent version (its MLflow folder and number). Its data are in a folder that is gone afterwards."""
    began, last = time.perf_counter(), LAST[scenario]

    def tell(what: str) -> None:
        progress(f"{scenario}, seed {seed}: {what}")

    with tempfile.TemporaryDirectory(prefix="lushi-watched-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        tell("writing the county's files")
        count = sum(one.observed_on <= last.end for one in rounds(MOST))
        county = write(folder / "county", scenario, seed, households, rounds=count)
        cause = planted(scenario, county, lambda: write(folder / "quiet", "quiet", seed, households, rounds=count))
        settings = read_settings({"LUSHI_DATA": str(folder / "var"), "LUSHI_MLRUNS": str(lent[0])})
        clock = FixedClock(TRAINED.closing)
        parts = replace(wire(settings), clock=clock)
        try:
            life = Life(parts.store, parts.policies, parts.id_key, county)
            life.until(clock.moment, tell)
            promote(parts, lent[1], by="benchmark analyst", second="benchmark officer", why="lent; synthetic data")
            clock.moment = last.closing + HOURS
            life.until(clock.moment, tell)
            reports = _reports(parts, last, tell)
        finally:
            parts.close()
    return Watched(
        scenario=scenario,
        seed=seed,
        households=households,
        begins=str(cause.since) if cause.since else "",
        words=cause.words,
        alarms={name: tuple(_said(it) for it in found["alarms"]) for name, found in reports.items()},
        seconds=round(time.perf_counter() - began, 1),
        blind_spots={name: found["blind_spot"]["en"] for name, found in reports.items() if found["blind_spot"]},
    )


def _reports(parts: Parts, last: Quarter, tell: Progress) -> dict[str, dict[str, Any]]:
    """The reports by quarter, from the one after the promotion on."""
    looks = [_look(last)]
    while looks[0].first > TRAINED.end:
        looks.insert(0, looks[0].before())
    found, before = {}, None
    with parts.store.looking(looks[-1].known_at) as moment:
        frames = CountyFrames(parts, moment, looks[-1], tell)
        for look in looks:
            now: CountyPeriod = frames.period(look)
            if before is not None:
                found[look.name] = body(now.period, before.period, load_limits())
            before = now
    return found


def _look(quarter: Quarter) -> Look:
    """As the step of ``lushi quarter`` looks at it: from the day after its books closed."""
    on = quarter.end + BOOKS_OPEN + timedelta(days=1)
    return look_on(on, today=on)


def _said(alarm: dict[str, Any]) -> Said:
    return Said(alarm["level"], alarm["figure"], alarm["about"]["kind"], " ".join(alarm["lines"]["en"][:3]))


def kept(file: Path) -> list[Watched]:
    """The counties that a file of results holds, one a line; none where there is no file."""
    if not file.exists():
        return []
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.endswith("}")]
    return [
        Watched(**{**row, "words": tuple(row["words"]), "alarms": {
            quarter: tuple(Said(**it) for it in said) for quarter, said in row["alarms"].items()
        }})
        for row in rows
    ]  # fmt: skip


def keep(file: Path, one: Watched) -> None:
    """Add a county to the file."""
    with file.open("a", encoding="utf-8") as out:
        out.write(json.dumps(asdict(one), ensure_ascii=False) + "\n")
