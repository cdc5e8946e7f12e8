"""Months of a loan's life, counted one loan at a time."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from feature_store.adapters.loan_lives import LoanLives
from scoring.metrics.vintage import NEVER
from scoring.outcomes import months_after
from serving.monitoring.loan_ages import ages, first_late, months_seen


def _lives(rng: np.random.Generator, loans: int) -> LoanLives:
    disbursed = date(2019, 1, 1).toordinal() + rng.integers(0, 400, loans)
    ends = [date(2019 + n // 12, n % 12 + 1, 1) - timedelta(days=1) for n in range(1, 30)]
    month_end = np.array([it.toordinal() for it in ends])
    loan, at = np.divmod(rng.permutation(loans * len(ends)), len(ends))
    none = np.zeros(loans)
    return LoanLives(
        loan_ids=np.arange(loans).astype(str), household_no=none.astype(np.int32), bank=none, disbursed=disbursed,
        amount_cny=none, term_months=none.astype(np.int64), purpose=none, loan=loan, month_end=month_end[at],
        balance=np.zeros(len(loan), np.int64),
        days_past_due=np.where(rng.random(len(loan)) < 0.1, rng.integers(25, 40, len(loan)), 0).astype(np.int32),
    )  # fmt: skip


def test_months_are_those_counted_one_by_one() -> None:
    lives, until = _lives(np.random.default_rng(1), 200), date(2020, 9, 30).toordinal()
    seen, first = months_seen(lives, until), first_late(lives)
    reached, late = ages(seen, first)
    for loan, disbursed in enumerate(lives.disbursed.tolist()):
        ends = [int(months_after(np.array([disbursed]), month)[0]) for month in range(0, 40)]
        assert seen[loan] == max((month for month, end in enumerate(ends) if end <= until), default=-1)
        mine = (lives.loan == loan) & (lives.days_past_due >= 30) & (lives.month_end > disbursed)
        months = [next(m for m, end in enumerate(ends) if day <= end) for day in lives.month_end[mine].tolist()]
        assert first[loan] == min(months, default=NEVER)
        for age in reached:
            assert reached[age][loan] == (ends[age] <= until)
            assert late[age][loan] == (ends[age] <= until and any(month <= age for month in months))
    assert (first < NEVER).any()
    assert (seen > 12).any()
