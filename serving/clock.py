"""The only file that asks the time."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What tells the time. Aware UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - this is the clock


@dataclass(frozen=True, slots=True)
class StartedClock:
    """A demonstration clock: starts at a given time and runs at the usual speed."""

    start: datetime
    _began: float = field(default_factory=time.monotonic)

    def now(self) -> datetime:
        return self.start.astimezone(UTC) + timedelta(seconds=time.monotonic() - self._began)


@dataclass(slots=True)
class FixedClock:
    """A clock that stands still until it is set (imports of past rounds, tests)."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment.astimezone(UTC)
