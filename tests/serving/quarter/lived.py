"""A county that is lived through, and what its quarters left behind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import lushi
from feature_store.adapters import quarter_tables
from feature_store.quarter import Quarter
from feature_store.synthetic.living import Life
from serving.clock import FixedClock
from serving.quarter.run import Closed, run_quarter
from serving.quarter.step import NothingTrained, Progress, Train, Watch
from serving.wiring import Parts

KILLED = Quarter(2018, 4)
"""The first quarter whose loans can be trained on: every step has work to do."""


@dataclass(frozen=True)
class Lived:
    """Parts, their clock, the county's life, the database's name and the settings as an environment."""

    parts: Parts
    clock: FixedClock
    life: Life
    database: str
    environment: dict[str, str]

    def until(self, moment: datetime) -> None:
        """Let time pass."""
        self.life.until(moment)
        self.clock.moment = moment

    def close(
        self,
        quarter: Quarter,
        *,
        train: Train = lushi.train_known,
        go_on: bool = False,
        watch: Watch | None = None,
    ) -> Closed:
        """Close a quarter now."""
        return run_quarter(self.parts, quarter, train=train, watch=watch, go_on=go_on)

    def live(self, quarter: Quarter) -> Closed:
        """Let time pass until the quarter's books are closed, and close it."""
        self.until(quarter.closing + timedelta(hours=9))
        return self.close(quarter)

    def recorded(self, quarter: Quarter) -> dict[str, bytes]:
        """The recorded results by step."""
        with self.parts.store.engine.connect() as connection:
            found = quarter_tables.recorded(connection, str(quarter))
        return {name: step.result for name, step in found.items()}

    def count(self, query: str) -> int:
        """A number that the database knows."""
        with self.parts.store.engine.connect() as connection:
            return int(connection.exec_driver_sql(query).scalar_one())


def untrained(parts: Parts, quarter: Quarter, known_at: datetime, progress: Progress) -> lushi.Kept:
    """Training that a test breaks off."""
    raise RuntimeError("training broke off")


def nothing(parts: Parts, quarter: Quarter, known_at: datetime, progress: Progress) -> lushi.Kept:
    """Training for tests of other steps: none."""
    raise NothingTrained("left out by the test")
