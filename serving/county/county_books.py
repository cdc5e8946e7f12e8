"""The loan books of a whole county with the stops that follow from them, read once for each version of the books."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from threading import Lock

from feature_store.adapters import registers
from feature_store.adapters.store import Moment
from feature_store.areas import Release
from feature_store.filing import civil_day
from scoring.areas import TOWNSHIP_DIGITS, MonthEnd, Stop
from scoring.errors import LushiError
from scoring.policy.schema import Policy
from serving.county.area_states import Timelines, stops_on, timelines_of
from serving.county.release_needs import ReleaseNeeds, release_needs
from serving.wiring import Parts

_Key = tuple[str, datetime | None]


@dataclass(frozen=True)
class CountyBooks:
    """Every village's month ends, and what follows from them on a day under a policy.

    months: village code to month ends, oldest first. names: area code to (zh, en). releases: signed by two people, by area and day.
    """

    on: date
    policy: Policy
    months: Mapping[str, Sequence[MonthEnd]]
    timelines: Timelines
    names: Mapping[str, tuple[str, str]]
    releases: Sequence[Release]

    @cached_property
    def stops(self) -> dict[str, Stop]:
        """Every village and township with its stop."""
        return stops_on(self.timelines, self.policy, self.on)

    def stopped(self, within: str) -> list[str]:
        """Codes of what is stopped under a code, townships before their villages."""
        return [code for code, stop in sorted(self.stops.items()) if stop.stopped and code.startswith(within)]

    def needs(self, code: str) -> ReleaseNeeds:
        """What would release an area."""
        return release_needs(code, self.timelines[code], self.policy.areas, self.on)

    def book(self, within: str) -> list[MonthEnd]:
        """The month ends of all villages under a code together, oldest first."""
        sums: dict[date, tuple[Decimal, Decimal, int]] = {}
        for code, rows in self.months.items():
            for row in rows if code.startswith(within) else ():
                balance, bad, loans = sums.get(row.month_end, (Decimal(0), Decimal(0), 0))
                sums[row.month_end] = (balance + row.balance_cny, bad + row.bad_balance_cny, loans + row.n_loans)
        return [MonthEnd(day, *sums[day]) for day in sorted(sums)]

    def newest(self, within: str) -> MonthEnd | None:
        """The newest month end of all villages under a code together; None where nothing was ever lent."""
        last = [rows[-1] for code, rows in self.months.items() if rows and code.startswith(within)]
        day = max((row.month_end for row in last), default=None)
        found = [row for row in last if row.month_end == day]
        if day is None:
            return None
        balance, bad = sum(row.balance_cny for row in found), sum(row.bad_balance_cny for row in found)
        return MonthEnd(day, Decimal(balance), Decimal(bad), sum(row.n_loans for row in found))

    def few_loans(self, code: str) -> bool:
        """Whether a ratio rests on so few loans that it is shown with a warning."""
        return len(code) > TOWNSHIP_DIGITS and 0 < self.stops[code].n_loans < self.policy.areas.few_loans


class KeptCountyBooks:
    """The newest books of the county; read anew when loans, households, areas or releases were recorded.

    A new day alone reads nothing: no file may speak of a day that is still to come, so the same books hold on.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: tuple[_Key, CountyBooks] | None = None

    def of(self, moment: Moment, *, on: date, policy: Policy) -> CountyBooks:
        """The books as known at the moment. Whoever asks while they are read waits instead of reading them a second time."""
        key = policy.sha256, moment.book_version()
        with self._lock:
            if self._kept is None or self._kept[0] != key or on < self._kept[1].on:
                self._kept = key, _read(moment, on=on, policy=policy)
            elif on > self._kept[1].on:
                self._kept = key, replace(self._kept[1], on=on)
            return self._kept[1]


def look_after(parts: Parts, kept: KeptCountyBooks) -> None:
    """Read the county's books where new ones were recorded, so that nobody waits for them; nothing where none can be read."""
    with suppress(LushiError), parts.store.looking(parts.store.now(parts.clock.now)) as moment:
        today = civil_day(moment.known_at)
        kept.of(moment, on=today, policy=parts.policies.in_force(today))


def _read(moment: Moment, *, on: date, policy: Policy) -> CountyBooks:
    history = moment.area_history("", on=on, policy=policy)
    return CountyBooks(
        on=on,
        policy=policy,
        months={code: [MonthEnd(*row) for row in rows] for code, rows in history.month_ends.items()},
        timelines=timelines_of(history, policy),
        names=registers.villages_of(moment.connection),
        releases=history.releases,
    )
