"""What became of a loan: good, bad, indeterminate, or too young to judge, by the policy's outcome rules.

The outcome measures the card and trains the challenger; it binds no grade. One rule, twice: for one
loan with its reason, and over columns for a whole loan book (equal loan by loan, a law in the tests).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from scoring.policy.elements import Text
from scoring.policy.lending import AreaRules, OutcomeRules

Days = npt.NDArray[np.int64]
_UNIX_EPOCH = date(1970, 1, 1).toordinal()


class Outcome(IntEnum):
    """The label of a loan; the number is its code in columns."""

    GOOD = 0
    BAD = 1
    INDETERMINATE = 2
    IMMATURE = 3


class Why(IntEnum):
    """The reason of an outcome; the number is its code in columns."""

    WINDOW_OPEN = 0
    OVER_THE_LIMIT = 1
    MONTH_ENDS_MISSING = 2
    WORST_IN_BETWEEN = 3
    REPAID_EARLY = 4
    KEPT_TO_TERMS = 5


WORDS = {
    Why.WINDOW_OPEN: Text("表现期尚未结束", "the performance window has not ended"),
    Why.OVER_THE_LIMIT: Text("表现期内逾期超过不良界限", "past due beyond the limit within the window"),
    Why.MONTH_ENDS_MISSING: Text("表现期内月末数据不全", "month ends of the window are unknown"),
    Why.WORST_IN_BETWEEN: Text("最长逾期介于好与坏之间", "past due at worst between good and bad"),
    Why.REPAID_EARLY: Text("提前还清", "repaid before the window ended"),
    Why.KEPT_TO_TERMS: Text("表现期内按期还款", "kept to its terms through the window"),
}


@dataclass(frozen=True, slots=True)
class LoanMonth:
    """A loan at a month's last day, as last stated."""

    month_end: date
    balance_cny: Decimal
    days_past_due: int


@dataclass(frozen=True, slots=True)
class OutcomeColumns:
    """Outcomes of a loan book. All (n_loans,): codes of :class:`Outcome` and :class:`Why`; worst days past due."""

    outcome: npt.NDArray[np.int8]
    why: npt.NDArray[np.int8]
    worst_days: npt.NDArray[np.int32]


def outcome_of(
    months: Iterable[LoanMonth], disbursed_on: date, rules: OutcomeRules, *, known_until: date
) -> tuple[Outcome, Why]:
    """The outcome of one loan and why.

    months: at most one statement per month end, those recorded by ``known_until``; the window's month
    ends are the ``window_months`` last days of a month after disbursement. A loan is judged only once
    its window has ended, even a bad one: else a young vintage would show its bads before its goods.
    """
    end = add_months(disbursed_on, rules.window_months)
    if end > known_until:
        return Outcome.IMMATURE, Why.WINDOW_OPEN
    within = [it for it in months if disbursed_on < it.month_end <= end]
    worst = max((it.days_past_due for it in within), default=0)
    if worst >= rules.bad_at_least_days:
        return Outcome.BAD, Why.OVER_THE_LIMIT
    paid = min((it.month_end for it in within if it.balance_cny == 0), default=None)
    repaid = paid is not None and rules.repaid_early_is_good
    needed = rules.window_months if paid is None or not repaid else months_between(disbursed_on, paid)
    known = sum(1 for it in within if not repaid or paid is None or it.month_end <= paid)
    if needed - known > rules.missing_month_ends:
        return Outcome.IMMATURE, Why.MONTH_ENDS_MISSING
    if worst >= rules.indeterminate_at_least_days:
        return Outcome.INDETERMINATE, Why.WORST_IN_BETWEEN
    return Outcome.GOOD, Why.REPAID_EARLY if repaid and needed < rules.window_months else Why.KEPT_TO_TERMS


def outcomes_of(
    loan: npt.NDArray[np.int64],
    month_end: Days,
    balance: npt.NDArray[np.int64],
    days_past_due: npt.NDArray[np.int32],
    *,
    disbursed: Days,
    rules: OutcomeRules,
    known_until: date,
) -> OutcomeColumns:
    """The outcomes of a loan book, each as :func:`outcome_of` gives it.

    loan: position of each statement's loan in ``disbursed``, (n_months,); month_end: its day number;
    balance: in any unit; at most one statement per loan and month end. disbursed: day numbers (n_loans,).
    """
    n = len(disbursed)
    end = months_after(disbursed, rules.window_months)
    within = (month_end > disbursed[loan]) & (month_end <= end[loan])
    loan, month_end, balance, days = loan[within], month_end[within], balance[within], days_past_due[within]
    worst = np.zeros(n, np.int32)
    np.maximum.at(worst, loan, days)
    never = np.iinfo(np.int64).max
    paid = np.full(n, never)
    if rules.repaid_early_is_good:
        np.minimum.at(paid, loan[balance == 0], month_end[balance == 0])
    repaid = paid < never
    known = np.bincount(loan[month_end <= paid[loan]], minlength=n)
    until_paid = _month_number(np.where(repaid, paid, disbursed)) - _month_number(disbursed)
    needed = np.where(repaid, until_paid + ~_is_month_end(disbursed), rules.window_months)
    choices = [
        (end > known_until.toordinal(), Outcome.IMMATURE, Why.WINDOW_OPEN),
        (worst >= rules.bad_at_least_days, Outcome.BAD, Why.OVER_THE_LIMIT),
        (needed - known > rules.missing_month_ends, Outcome.IMMATURE, Why.MONTH_ENDS_MISSING),
        (worst >= rules.indeterminate_at_least_days, Outcome.INDETERMINATE, Why.WORST_IN_BETWEEN),
        (repaid & (needed < rules.window_months), Outcome.GOOD, Why.REPAID_EARLY),
    ]
    holds = [condition for condition, _, _ in choices]
    outcome = np.select(holds, [it for _, it, _ in choices], Outcome.GOOD).astype(np.int8)
    why = np.select(holds, [it for _, _, it in choices], Why.KEPT_TO_TERMS).astype(np.int8)
    return OutcomeColumns(outcome, why, worst)


def loan_classes(rules: AreaRules, days_past_due: npt.NDArray[np.int32]) -> npt.NDArray[np.int8]:
    """The position of each loan's class among the policy's, by days past due; (n,) to (n,)."""
    begins = [it.at_least_days for it in rules.classes]
    return (np.searchsorted(begins, days_past_due, side="right") - 1).astype(np.int8)


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or that month's last day; a month's last day stays one.

    >>> add_months(date(2019, 2, 28), 12), add_months(date(2018, 8, 31), 6)
    (datetime.date(2020, 2, 29), datetime.date(2019, 2, 28))
    """
    month = day.year * 12 + day.month - 1 + months
    year, number = month // 12, month % 12 + 1
    length = monthrange(year, number)[1]
    is_last = day.day == monthrange(day.year, day.month)[1]
    return date(year, number, length if is_last else min(day.day, length))


def months_between(after: date, until: date) -> int:
    """How many last days of a month lie after one day and up to another that is itself one."""
    whole = (until.year - after.year) * 12 + until.month - after.month
    return whole + (after.day < monthrange(after.year, after.month)[1])


def _month_number(days: Days) -> Days:
    """Months since January 1970 of day numbers."""
    return (days - _UNIX_EPOCH).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def _first_of(months: Days) -> Days:
    """The day number of a month's first day."""
    return months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) + _UNIX_EPOCH


def _is_month_end(days: Days) -> npt.NDArray[np.bool_]:
    last: npt.NDArray[np.bool_] = _month_number(days + 1) != _month_number(days)
    return last


def months_after(days: Days, months: int | Days) -> Days:
    """:func:`add_months` over day numbers."""
    began = _month_number(days)
    first, last = _first_of(began + months), _first_of(began + months + 1) - 1
    return np.where(_is_month_end(days), last, np.minimum(first + days - _first_of(began), last))
