"""Generated loan books at the limits of the area rules, and what the rules make of each.

Balances and counts are chosen so that each share lies exactly at its limit, half a unit of the limit's
last decimal beside it, and a whole one: the least change of a limit moves one of them.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from scoring.areas import (
    MonthEnd,
    Stop,
    area_state,
    at,
    bad_from_days,
    credit_township,
    credit_village,
    loan_class,
    township_stops,
)
from scoring.policy.lending import AreaRules

_MOST_VILLAGES = 2000
_VILLAGE = "000000001001"


@dataclass(frozen=True, slots=True)
class _Loan:
    balance_cny: Decimal
    days_past_due: int


@dataclass(frozen=True, slots=True)
class Books:
    """Cases made from one policy's limits.

    months: per village, the loans at each month end, and how many days after the last one a release is signed
    (0: none is).
    townships, credit: (villages or households that count, all of them). days: days past due of one loan.
    """

    months: tuple[tuple[Sequence[Sequence[_Loan]], int], ...]
    townships: tuple[tuple[int, int], ...]
    credit_villages: tuple[tuple[int, int], ...]
    credit_townships: tuple[tuple[int, int], ...]
    days: tuple[int, ...]

    def outcomes(self, rules: AreaRules) -> list[Hashable]:
        """One outcome per case: stop and few-loans flag, credit village or township, class of the loan."""
        found: list[Hashable] = [_state(months, after, rules) for months, after in self.months]
        found += [_township(stopped, villages, rules) for stopped, villages in self.townships]
        found += [credit_village(graded, households, rules) for graded, households in self.credit_villages]
        found += [credit_township(honoured, villages, rules) for honoured, villages in self.credit_townships]
        return [*found, *(loan_class(rules, days).id for days in self.days)]


def books(rules: AreaRules) -> Books:
    """The cases that stand at and beside the limits of some rules."""
    days = sorted({max(one.at_least_days + step, 0) for one in rules.classes for step in (-1, 0, 1)})
    bad, good = _Loan(Decimal(100), bad_from_days(rules)), _Loan(Decimal(100), 0)
    months: list[tuple[Sequence[Sequence[_Loan]], int]] = [([[_Loan(Decimal(100), late)]], 0) for late in days]
    for part, whole in _beside(rules.village_bad_ratio_over):
        shares = [_Loan(Decimal(part), bad.days_past_due), _Loan(Decimal(whole - part), 0)]
        months.append(([[loan for loan in shares if loan.balance_cny]], 0))
    months += [([[good] * max(rules.few_loans + step, 0)], 0) for step in (-1, 0, 1)]
    for step in (-1, 0, 1):
        clear = [[good]] * max(rules.release_month_ends + step, 0)
        months += [([[bad], *clear], after) for after in (0, 1)]
    served = [[bad], *[[good]] * rules.release_month_ends]
    months += [(served, rules.release_book_days + step) for step in (-1, 0, 1)]
    few_enough = [case for case in _beside(rules.township_stopped_at_least) if case[1] <= _MOST_VILLAGES]
    return Books(
        months=tuple(months),
        townships=tuple(few_enough),
        credit_villages=tuple(_beside(rules.credit_village_at_least)),
        credit_townships=tuple(_beside(rules.credit_township_at_least)),
        days=tuple(days),
    )


def _beside(limit: Decimal) -> list[tuple[int, int]]:
    """(part, whole) at a share, half a unit of its last decimal beside it, and a whole unit."""
    exponent = limit.as_tuple().exponent
    whole = 2 * 10 ** max(-exponent if isinstance(exponent, int) else 0, 1)
    part = int(limit * whole)
    return [(part + step, whole) for step in range(-2, 3) if 0 <= part + step <= whole]


def _state(months: Sequence[Sequence[_Loan]], after: int, rules: AreaRules) -> tuple[bool, bool]:
    bad_from = bad_from_days(rules)
    ends = []
    for number, loans in enumerate(months):
        balance = sum((loan.balance_cny for loan in loans), Decimal(0))
        bad = sum((loan.balance_cny for loan in loans if loan.days_past_due >= bad_from), Decimal(0))
        ends.append(
            MonthEnd(date(2017, number % 12 + 1, 1).replace(year=2017 + number // 12), balance, bad, len(loans))
        )
    on = ends[-1].month_end + timedelta(days=max(after, 1))
    signed = {_VILLAGE: [on]} if after else {}
    state = area_state(_VILLAGE, {_VILLAGE: ends}, rules, on=on, releases=signed)
    return state.village.stopped, state.few_loans


def _township(stopped: int, villages: int, rules: AreaRules) -> bool:
    day = date(2017, 1, 31)
    yes, no = Stop(True, day, Fraction(1), day, 1, False), Stop(False, None, Fraction(0), day, 1, False)
    states = {str(number): [(day, yes if number < stopped else no)] for number in range(villages)}
    return at(township_stops(states, rules), day).stopped
