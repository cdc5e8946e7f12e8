"""What the watch says of synthetic counties whose fate is known: alarms in quiet ones, and when a planted cause is named.

Each county is lived through, quarter by quarter; each quarter is closed by the steps of ``lushi quarter`` as its books close, and the
first version that passes the gate is promoted and kept. A county without one is told: nothing was watched there.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

from feature_store.quarter import Quarter, quarter_of
from feature_store.synthetic.county import write_county
from feature_store.synthetic.living import Life
from feature_store.synthetic.rounds import MOST, rounds
from scoring.policy.load import ROOT, load
from serving.approvals.promote import promote
from serving.clock import FixedClock
from serving.quarter.run import run_quarter
from serving.quarter.step import Train, Watch
from serving.settings import read_settings
from serving.wiring import Parts, wire

SCENARIOS = ("quiet", "shock", "feature_break", "concept_change")
QUARTERS = tuple(quarter_of(one.observed_on) for one in rounds(MOST))[3:]
"""From the end of 2017 on to the end of 2021."""
HOURS = timedelta(hours=9)
"""So long after its books closed a quarter is closed."""


@dataclass(frozen=True, slots=True)
class Watched:
    """One county's life. since: the first quarter that closed with a version advising; None where none ever did.

    alarms: quarter to (level, what it says first) of each alarm, for the quarters that were watched.
    """

    scenario: str
    seed: int
    since: Quarter | None
    alarms: dict[Quarter, tuple[tuple[str, str], ...]]

    def red(self) -> list[Quarter]:
        """The quarters with a red alarm."""
        return [quarter for quarter, found in self.alarms.items() if any(level == "red" for level, _ in found)]


def watched(
    scenario: str,
    seed: int,
    *,
    households: int,
    train: Train,
    watch: Watch,
    progress: Callable[[str], None],
    quarters: Sequence[Quarter] = QUARTERS,
) -> Watched:
    """Live through one county. Everything is kept in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="lushi-watched-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        progress(f"{scenario}, seed {seed}: writing the county's files")
        write_county(
            folder / "county",
            policy_2017=load(ROOT / "lushi" / "2017-04-01"),
            policy_2021=load(ROOT / "lushi" / "2021-03-01"),
            households=households,
            seed=seed,
            format="parquet",
            full_rows=False,
            rounds=MOST,
            progress=None,
            lives_through=scenario,
        )
        settings = read_settings({"LUSHI_DATA": str(folder / "var"), "LUSHI_MLRUNS": str(folder / "mlruns")})
        clock = FixedClock(quarters[0].closing)
        parts = replace(wire(settings), clock=clock)
        try:
            life = Life(parts.store, parts.policies, parts.id_key, folder / "county")
            since, alarms = None, {}
            for quarter in quarters:
                clock.moment = quarter.closing + HOURS
                life.until(clock.moment)
                progress(f"{scenario}, seed {seed}: {quarter}")
                found = run_quarter(parts, quarter, train=train, watch=watch)
                if since is not None:
                    said = found.result("watch")["alarms"]
                    alarms[quarter] = tuple((it["level"], it["lines"]["en"][0]) for it in said)
                elif version := found.result("gate")["promote"]:
                    _promote(parts, version)
                    since = quarter
            return Watched(scenario, seed, since, alarms)
        finally:
            parts.close()


def _promote(parts: Parts, version: str) -> None:
    promote(
        parts, version, by="benchmark analyst", second="benchmark officer", why="the gate passed it; synthetic data"
    )


def show(found: Sequence[Watched], households: int, console: Console) -> None:
    """Print each county's red quarters, and how many quarters of quiet counties have one."""
    table = Table(
        "scenario", "seed", "watched since", "quarters", "red", "first red says",
        title=f"synthetic counties of {households:,} households, lived through",
    )  # fmt: skip
    for one in found:
        red = one.red()
        says = next((words for level, words in one.alarms[red[0]] if level == "red"), "") if red else "–"
        since = str(one.since) if one.since else "never: no version passed the gate"
        table.add_row(one.scenario, str(one.seed), since, str(len(one.alarms)), ", ".join(map(str, red)) or "–", says)
    console.print(table)
    quiet = [one for one in found if one.scenario == "quiet"]
    quarters, red = sum(len(one.alarms) for one in quiet), sum(len(one.red()) for one in quiet)
    console.print(f"red in {red} of {quarters} quarters of quiet counties (goal: at most 1 in 20)")
