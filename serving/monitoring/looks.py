"""Which period a watch looks at, and from when: the quarter that ended last, and the one before as known at its own watch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from feature_store.adapters.as_lent import begin_of
from feature_store.quarter import quarter_of
from scoring.errors import LushiError


class WatchRefused(LushiError):
    """A day on which nothing can be watched yet."""


@dataclass(frozen=True, slots=True)
class Look:
    """A calendar quarter and the moment from which it is seen. on: the day of the watch."""

    on: date
    first: date
    last: date
    known_at: datetime

    @property
    def name(self) -> str:
        """The quarter, as 2020Q3."""
        return str(quarter_of(self.first))

    def before(self) -> Look:
        """The quarter before, seen as many days after its end."""
        last = self.first - timedelta(days=1)
        on = last + (self.on - self.last)
        return Look(on, quarter_of(last).begin, last, begin_of(on))

    def year_before(self) -> Look:
        """The same quarter of the year before, seen as many days after its end."""
        look = self
        for _ in range(4):
            look = look.before()
        return look


def look_on(on: date, *, today: date) -> Look:
    """The look of a day: at the quarter that ended last before it, from the last microsecond before the day begins.

    Raises:
        WatchRefused: for a day to come.
    """
    if on > today:
        raise WatchRefused(f"{on.isoformat()} has not come: today is {today.isoformat()}; give today or an earlier day")
    last = quarter_of(on).begin - timedelta(days=1)
    return Look(on, quarter_of(last).begin, last, begin_of(on))
