"""The rounds: when files are true, when they are recorded, and which sources are due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from scoring.policy.schema import Policy

FIRST, LAST = date(2017, 3, 31), date(2021, 3, 31)
USUAL = 17
"""Rounds from the first to the last; the county can be lived on with for three more."""
MOST = 20


@dataclass(frozen=True, slots=True)
class Round:
    """One quarter's filings: true on ``observed_on``, recorded on ``recorded_on``; spring is the yearly one."""

    observed_on: date
    recorded_on: date
    month_ends: tuple[date, date, date]
    spring: bool


def rounds(count: int = USUAL) -> tuple[Round, ...]:
    """The first so many rounds, from the quarter that ends on 2017-03-31; the 17th ends on :data:`LAST`, the 20th with 2021."""
    made = []
    for number in range(count):
        year, quarter = FIRST.year + number // 4, number % 4 + 1
        ends = tuple(month_end(year, 3 * quarter - back) for back in (2, 1, 0))
        recorded = date(year + quarter // 4, 3 * quarter % 12 + 1, 10)
        made.append(Round(ends[2], recorded, (ends[0], ends[1], ends[2]), spring=quarter == 1))
    return tuple(made)


def month_end(year: int, month: int) -> date:
    """The month's last day."""
    return date.fromordinal(date(year + month // 12, month % 12 + 1, 1).toordinal() - 1)


def due(policy: Policy, source: str, *, spring: bool) -> bool:
    """Whether a source files in a round: yearly sources in spring, all others every quarter."""
    return spring or any(item.refresh != "year" for item in policy.indicators if item.source == source)
