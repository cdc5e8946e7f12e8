"""The loan book's files: loans as they were disbursed, and their balances at month ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from feature_store.cells import dates_of, numbers_of
from feature_store.columns import check_header, needed_text, numbers_known, repeated
from feature_store.faults import Findings
from feature_store.known import Known

LOAN_COLUMNS = ("loan_id", "household_id", "bank", "disbursed_on", "amount_cny", "term_months", "purpose")
MONTH_COLUMNS = ("loan_id", "month_end", "balance_cny", "days_past_due")
_MOST_CENTS = 10**12 * 100 - 1
_MOST_TERM_MONTHS = 360
_MOST_DAYS = 36_500

LoanRow = tuple[str, int, str, date, Decimal, int, str]
"""(loan_id, household number, bank, disbursed_on, amount_cny, term_months, purpose)"""
MonthRow = tuple[int, date, Decimal, int]
"""(loan number, month_end, balance_cny, days_past_due)"""


@dataclass(frozen=True, slots=True)
class LoanRows:
    """New loans."""

    rows: list[LoanRow]

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, slots=True)
class MonthRows:
    """Month-end statements; one for a month already stated corrects it."""

    rows: list[MonthRow]

    def __len__(self) -> int:
        return len(self.rows)


def check_loans(frame: pl.DataFrame, findings: Findings, *, known: Known, today: date) -> LoanRows | None:
    """The loans that may be stored, and every fault of the others."""
    if not _usable(frame, findings, LOAN_COLUMNS):
        return None
    ids = needed_text(frame, "loan_id", findings, most=60)
    _, there = numbers_known(ids, known.loans())
    findings.rows(
        there, "loan_id", "the loan is already in the loan book", "Remove the row; balances go to loan_months"
    )
    findings.rows(repeated(ids), "loan_id", "the loan stands in the file more than once", "Keep one row")
    household = needed_text(frame, "household_id", findings, most=40)
    numbers, found = numbers_known(household, known.households())
    stranger = ~found & (household != "").to_numpy()
    findings.rows(stranger, "household_id", "the household is not in the register", "Import it first, or mend the id")
    bank, purpose = (needed_text(frame, name, findings) for name in ("bank", "purpose"))
    days = _days(frame, "disbursed_on", findings, today)
    cents, bad = numbers_of(frame.get_column("amount_cny"), decimals=2, low=1, high=_MOST_CENTS)
    findings.rows(bad, "amount_cny", "the amount is not a sum above zero", "Write yuan with at most 2 decimals")
    months, bad = numbers_of(frame.get_column("term_months"), decimals=0, low=1, high=_MOST_TERM_MONTHS)
    findings.rows(
        bad, "term_months", "the term is not a number of months", f"Write a whole number up to {_MOST_TERM_MONTHS}"
    )
    columns = (ids, numbers.tolist(), bank, _dates(days), _yuan(cents), months.tolist(), purpose)
    keep = ~findings.bad(frame.height)
    return LoanRows([row for row, good in zip(zip(*columns, strict=True), keep, strict=True) if good])


def check_loan_months(frame: pl.DataFrame, findings: Findings, *, known: Known, today: date) -> MonthRows | None:
    """The month ends that may be stored, and every fault of the others."""
    if not _usable(frame, findings, MONTH_COLUMNS):
        return None
    ids = needed_text(frame, "loan_id", findings, most=60)
    numbers, found = numbers_known(ids, known.loans())
    stranger = ~found & (ids != "").to_numpy()
    findings.rows(stranger, "loan_id", "the loan is not in the loan book", "Import it with the file of loans first")
    days = _days(frame, "month_end", findings, today)
    within = np.array([day > 0 and not _is_month_end(day) for day in days.tolist()], np.bool_)
    findings.rows(within, "month_end", "the day is not the last of its month", "Write the month's last day")
    twice = repeated(pl.Series(np.char.add(numbers.astype(str), np.char.add("/", days.astype(str)))))
    findings.rows(twice & found, "month_end", "the loan's month stands in the file more than once", "Keep one row")
    cents, bad = numbers_of(frame.get_column("balance_cny"), decimals=2, low=-_MOST_CENTS, high=_MOST_CENTS)
    findings.rows(bad, "balance_cny", "the balance is not a sum", "Write yuan with at most 2 decimals")
    findings.rows(
        ~bad & (cents < 0), "balance_cny", "the balance is negative", "Write zero for a loan that is paid off"
    )
    overdue, bad = numbers_of(frame.get_column("days_past_due"), decimals=0, low=0, high=_MOST_DAYS)
    findings.rows(bad, "days_past_due", "the value is not a number of days", "Write a whole number from 0")
    columns = (numbers.tolist(), _dates(days), _yuan(cents), overdue.tolist())
    keep = ~findings.bad(frame.height)
    return MonthRows([row for row, good in zip(zip(*columns, strict=True), keep, strict=True) if good])


def _usable(frame: pl.DataFrame, findings: Findings, columns: tuple[str, ...]) -> bool:
    if not check_header(frame, findings, must=columns):
        return False
    if not frame.height:
        findings.whole("the file has a header but no rows", "Export it again, or leave it out")
    return not findings.refused


def _days(frame: pl.DataFrame, name: str, findings: Findings, today: date) -> NDArray[np.int64]:
    """Day ordinals of a date that must be there and not in the future; 0 where it is at fault."""
    days, bad = dates_of(frame.get_column(name))
    bad = bad | (days == 0)
    findings.rows(bad, name, "the cell is not a date", "Write YYYY-MM-DD")
    late = ~bad & (days > today.toordinal())
    findings.rows(late, name, "the day lies in the future", f"Write a day up to {today.isoformat()}")
    return np.where(bad, 0, days)


def _is_month_end(ordinal: int) -> bool:
    return (date.fromordinal(ordinal) + timedelta(days=1)).day == 1


def _dates(ordinals: NDArray[np.int64]) -> list[date]:
    return [date.fromordinal(max(it, 1)) for it in ordinals.tolist()]


def _yuan(cents: NDArray[np.int64]) -> list[Decimal]:
    return [Decimal(it).scaleb(-2) for it in cents.tolist()]
