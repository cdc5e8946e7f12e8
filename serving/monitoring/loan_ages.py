"""How far each loan has been seen, and whether it was late by then: at equal age, whatever is known of younger ones."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np

from feature_store.adapters.loan_lives import LoanLives
from scoring.outcomes import months_after
from serving.monitoring.frame import AGES, LATE_DAYS, Flags


def seen_until(lives: LoanLives, last: date) -> int:
    """The day number up to which the loan book is known: the period's end, or the newest month end filed before it."""
    filed = lives.month_end[lives.month_end <= last.toordinal()]
    return int(filed.max(initial=0))


def ages(lives: LoanLives, until: int) -> tuple[Mapping[int, Flags], Mapping[int, Flags]]:
    """By age in months: whether a loan was seen up to it, and whether it was ever late by then; (n_loans,) each.

    A loan counts at an age only once it has been seen through it, a late one too: else a young vintage would show its late loans first.
    """
    late = lives.days_past_due >= LATE_DAYS
    loan, month_end = lives.loan[late], lives.month_end[late]
    reached, ever = {}, {}
    for age in AGES:
        end = months_after(lives.disbursed, age)
        reached[age] = end <= until
        hit = np.zeros(len(lives.disbursed), np.bool_)
        hit[loan[(month_end > lives.disbursed[loan]) & (month_end <= end[loan])]] = True
        ever[age] = hit & reached[age]
    return reached, ever
