"""Area controls: bad-loan ratios, stops and their release, credit villages and townships.

A stop begins at the first month end whose ratio passes the limit. It is released once the ratio has
been within the limit for ``release_month_ends`` month ends in a row (none missing) and, where the policy says so, people
have signed it off after that, on a loan book at most ``release_book_days`` old. A stop lowers terms (no new credit), never a grade.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from scoring.policy.lending import AreaRules, LoanClass

TOWNSHIP_DIGITS = 9
"""Length of a township's code, with which its villages' codes begin."""
LONGEST_MONTH = 31
"""Days; two month ends further apart have another one between them."""


@dataclass(frozen=True, slots=True)
class MonthEnd:
    """An area's loan book at a month's last day. Balances in yuan."""

    month_end: date
    balance_cny: Decimal
    bad_balance_cny: Decimal
    n_loans: int

    @property
    def bad_ratio(self) -> Fraction:
        """Bad balance over all balance, exact; 0 where nothing is lent."""
        return Fraction(self.bad_balance_cny) / Fraction(self.balance_cny) if self.balance_cny else Fraction(0)


@dataclass(frozen=True, slots=True)
class Stop:
    """Whether an area is stopped on a day, since when, and on which figures."""

    stopped: bool
    since: date | None
    ratio: Fraction
    as_at: date | None
    n_loans: int
    awaiting_sign_off: bool


@dataclass(frozen=True, slots=True)
class AreaState:
    """The controls that a household's village and township stand under."""

    village: Stop
    township: Stop
    few_loans: bool

    @property
    def stopped(self) -> bool:
        return self.village.stopped or self.township.stopped


NO_BOOK = Stop(False, None, Fraction(0), None, 0, False)
"""The state of an area without any loan: nothing is stopped."""


def loan_class(rules: AreaRules, days_past_due: int) -> LoanClass:
    """The class of a loan by its days past due (the highest whose lower end is reached)."""
    return [loan for loan in rules.classes if loan.at_least_days <= days_past_due][-1]


def bad_from_days(rules: AreaRules) -> int:
    """Days past due from which a loan's balance counts as bad."""
    return next(loan.at_least_days for loan in rules.classes if loan.bad)


def timeline(
    ratios: Sequence[tuple[date, Fraction, int]],
    over: bool,
    limit: Fraction,
    rules: AreaRules,
    releases: Sequence[date],
) -> list[tuple[date, Stop]]:
    """The stop after every event: (month end, ratio, loans) ascending, and signed releases.

    over: the limit must be passed (a village); otherwise reaching it is enough (a township).
    """
    events = sorted(
        [(day, 0, ratio, loans) for day, ratio, loans in ratios] + [(day, 1, Fraction(0), 0) for day in releases]
    )
    stopped, since, clear = False, None, 0
    last: tuple[date | None, Fraction, int] = (None, Fraction(0), 0)
    states = []
    for day, is_release, ratio, loans in events:
        if not is_release:
            if last[0] is not None and (day - last[0]).days > LONGEST_MONTH:
                clear = 0  # a month end is missing, so the row of clear ones is broken
            last = (day, ratio, loans)
            if ratio > limit or (ratio == limit and not over):
                since, stopped, clear = (since if stopped else day), True, 0
            else:
                clear += 1
        fresh = last[0] is not None and (day - last[0]).days <= rules.release_book_days
        served = stopped and fresh and clear >= rules.release_month_ends
        if served and (is_release or not rules.release_sign_off):
            stopped, since, served = False, None, False
        states.append((day, Stop(stopped, since, last[1], last[0], last[2], served)))
    return states


def village_stops(
    months: Sequence[MonthEnd], rules: AreaRules, releases: Sequence[date] = ()
) -> list[tuple[date, Stop]]:
    """A village's stop after each month end and release, ascending."""
    ratios = [(month.month_end, month.bad_ratio, month.n_loans) for month in sorted(months, key=lambda m: m.month_end)]
    return timeline(ratios, True, Fraction(rules.village_bad_ratio_over), rules, releases)


def township_stops(
    villages: Mapping[str, Sequence[tuple[date, Stop]]], rules: AreaRules, releases: Sequence[date] = ()
) -> list[tuple[date, Stop]]:
    """A township's stop after each month end: share of its villages stopped, all villages counted."""
    days = sorted({day for states in villages.values() for day, stop in states if stop.as_at == day})
    ratios = []
    for day in days:
        now = [at(states, day) for states in villages.values()]
        ratios.append((day, Fraction(sum(stop.stopped for stop in now), len(now)), sum(stop.n_loans for stop in now)))
    return timeline(ratios, False, Fraction(rules.township_stopped_at_least), rules, releases)


def awaiting(stop: Stop, rules: AreaRules, on: date) -> bool:
    """Whether a release could be signed on a day: served, and on a loan book that is not too old."""
    return stop.awaiting_sign_off and stop.as_at is not None and (on - stop.as_at).days <= rules.release_book_days


def at(states: Sequence[tuple[date, Stop]], on: date) -> Stop:
    """The state that stands on a day: the last one on or before it."""
    return next((stop for day, stop in reversed(states) if day <= on), NO_BOOK)


def area_states(
    villages: Mapping[str, Sequence[MonthEnd]],
    rules: AreaRules,
    *,
    on: date,
    releases: Mapping[str, Sequence[date]],
) -> dict[str, AreaState]:
    """The state of every village of one township on a day.

    villages: village code to month ends, every village of the township listed, also those without
    loans. releases: area code (village or township) to the days on which a release was signed.
    """
    upto = {code: [m for m in months if m.month_end <= on] for code, months in villages.items()}
    signed = {code: [day for day in days if day <= on] for code, days in releases.items()}
    stops = {code: village_stops(months, rules, signed.get(code, ())) for code, months in upto.items()}
    townships = {code[:TOWNSHIP_DIGITS]: signed.get(code[:TOWNSHIP_DIGITS], ()) for code in villages}
    if len(townships) > 1:
        raise ValueError(f"the villages of one township are needed, not of {len(townships)}")
    township = at(township_stops(stops, rules, *townships.values()), on)
    township = replace(township, awaiting_sign_off=awaiting(township, rules, on))
    found = {code: at(states, on) for code, states in stops.items()}
    found = {code: replace(stop, awaiting_sign_off=awaiting(stop, rules, on)) for code, stop in found.items()}
    return {code: AreaState(stop, township, 0 < stop.n_loans < rules.few_loans) for code, stop in found.items()}


def area_state(
    village_code: str,
    villages: Mapping[str, Sequence[MonthEnd]],
    rules: AreaRules,
    *,
    on: date,
    releases: Mapping[str, Sequence[date]],
) -> AreaState:
    """The state of one village on a day (see :func:`area_states`); it need not be listed."""
    return area_states({village_code: [], **villages}, rules, on=on, releases=releases)[village_code]


def credit_village(graded: int, households: int, rules: AreaRules) -> bool:
    """Whether the share of households with a grade reaches the policy's for a credit village."""
    return households > 0 and Fraction(graded, households) >= Fraction(rules.credit_village_at_least)


def credit_township(credit_villages: int, villages: int, rules: AreaRules) -> bool:
    """Whether the share of credit villages reaches the policy's for a credit township."""
    return villages > 0 and Fraction(credit_villages, villages) >= Fraction(rules.credit_township_at_least)
