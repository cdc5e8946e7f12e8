"""Every loan with what is known of its months: the loan book in columns, as known at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from feature_store.adapters.binary_read import arrays_out

_LOANS = sa.text("""
    SELECT l.loan_no, l.loan_id, l.household_no, l.bank, l.disbursed_on - DATE '0001-01-01' + 1 AS disbursed,
           (l.amount_cny * 100)::int8 AS cents, l.term_months, l.purpose
    FROM loans l JOIN batches b USING (batch_no) WHERE b.recorded_at <= :known_at ORDER BY l.loan_no""")
_MONTHS = ("loan_no", "month_end - DATE '0001-01-01' + 1", "cents", "days_past_due")
# Of a month's statements the one recorded last by then counts.
_KNOWN = """
    FROM (SELECT DISTINCT ON (m.loan_no, m.month_end) m.seq, m.loan_no, m.month_end,
                 (m.balance_cny * 100)::int8 AS cents, m.days_past_due
          FROM loan_months m JOIN batches b USING (batch_no) WHERE b.recorded_at <= %s
          ORDER BY m.loan_no, m.month_end, b.recorded_at DESC, m.seq DESC) m"""


@dataclass(frozen=True, slots=True)
class LoanLives:
    """Loans (n_loans,) in order of number, and their month ends (n_months,), at most one per loan and month.

    disbursed, month_end: day numbers. amount_cny: yuan. loan: position of a month's loan; balance: in fen.
    """

    loan_ids: NDArray[Any]
    household_no: NDArray[np.int32]
    bank: NDArray[Any]
    disbursed: NDArray[np.int64]
    amount_cny: NDArray[np.float64]
    term_months: NDArray[np.int64]
    purpose: NDArray[Any]
    loan: NDArray[np.int64]
    month_end: NDArray[np.int64]
    balance: NDArray[np.int64]
    days_past_due: NDArray[np.int32]


def read_lives(connection: sa.Connection, *, known_at: datetime) -> LoanLives:
    """The whole loan book as known at a time."""
    rows = connection.execute(_LOANS, {"known_at": known_at}).all()
    numbers = np.array([row.loan_no for row in rows], np.int64)
    found = arrays_out(connection, _MONTHS, _KNOWN, (known_at,))
    loan_no, month_end, cents, days = found or [np.zeros(0, np.int64)] * 4
    return LoanLives(
        loan_ids=np.array([row.loan_id for row in rows], dtype=str),
        household_no=np.array([row.household_no for row in rows], np.int32),
        bank=np.array([row.bank for row in rows], dtype=str),
        disbursed=np.array([row.disbursed for row in rows], np.int64),
        amount_cny=np.array([row.cents for row in rows], np.float64) / 100,
        term_months=np.array([row.term_months for row in rows], np.int64),
        purpose=np.array([row.purpose for row in rows], dtype=str),
        loan=np.searchsorted(numbers, loan_no),
        month_end=month_end.astype(np.int64),
        balance=cents,
        days_past_due=days,
    )
