"""A quarter of the calendar, and when its books close."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from feature_store.filing import CIVIL_TIME, civil_day
from scoring.errors import LushiError

BOOKS_OPEN = timedelta(days=30)
"""So long after a quarter's end its filings and month ends still come in; assumed by the project."""
_WRITTEN = re.compile(r"(20\d\d)Q([1-4])")


class QuarterUnusable(LushiError):
    """A quarter that is not written right, or not over."""


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """One quarter; ``str`` gives it as 2021Q1. A later one is the greater."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year}Q{self.number}"

    @property
    def end(self) -> date:
        """Its last day."""
        following = date(self.year + self.number // 4, self.number % 4 * 3 + 1, 1)
        return following - timedelta(days=1)

    @property
    def begin(self) -> date:
        """Its first day."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def before(self) -> Quarter:
        """The quarter before it."""
        return quarter_of(self.begin - timedelta(days=1))

    @property
    def closing(self) -> datetime:
        """The last moment of its books, in UTC: what is recorded later belongs to a later quarter."""
        return datetime.combine(self.end + BOOKS_OPEN, time.max, CIVIL_TIME).astimezone(UTC)

    def closed(self, now: datetime) -> datetime:
        """The time from which the quarter is looked at: the closing of its books, or now where they are open still.

        Raises:
            QuarterUnusable: for a quarter that is not over.
        """
        if civil_day(now) <= self.end:
            raise QuarterUnusable(
                f"{self} is not over: it ends on {self.end.isoformat()} and today is {civil_day(now).isoformat()}; "
                "give an earlier quarter"
            )
        return min(now, self.closing)


def quarter_of(day: date) -> Quarter:
    """The quarter that a day lies in."""
    return Quarter(day.year, (day.month + 2) // 3)


def read_quarter(written: str) -> Quarter:
    """Read 2021Q1; raises :class:`QuarterUnusable`."""
    found = _WRITTEN.fullmatch(written.strip().upper())
    if found is None:
        raise QuarterUnusable("a quarter is written as 2021Q1: the year, Q, and a number from 1 to 4")
    return Quarter(int(found[1]), int(found[2]))
