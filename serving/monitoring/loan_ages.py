"""How far each loan has been seen, and when it was first late: at equal age, whatever is known of younger ones."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np

from feature_store.adapters.loan_lives import LoanLives
from scoring.metrics import vintage
from scoring.outcomes import months_after
from serving.monitoring.frame import AGES, LATE_DAYS, Flags, Ints


def seen_until(lives: LoanLives, last: date) -> int:
    """The day number up to which the loan book is known: the period's end, or the newest month end filed before it."""
    filed = lives.month_end[lives.month_end <= last.toordinal()]
    return int(filed.max(initial=0))


def months_seen(lives: LoanLives, until: int) -> Ints:
    """Whole months from each loan's disbursement to a day, (n_loans,); below 0 for one made later."""
    return _whole_months(lives.disbursed, np.full(len(lives.disbursed), until, np.int64))


def first_late(lives: LoanLives) -> Ints:
    """The month of its life in which each loan was first late, 1 the first, (n_loans,); ``vintage.NEVER`` where it was not."""
    made = lives.disbursed[lives.loan]
    inside = lives.month_end > made
    made, month_end = made[inside], lives.month_end[inside]
    whole = _whole_months(made, month_end)
    month = whole + (months_after(made, whole) < month_end)
    return vintage.first_late(
        lives.loan[inside], month, lives.days_past_due[inside].astype(np.int64),
        loans=len(lives.disbursed), at_least_days=LATE_DAYS,
    )  # fmt: skip


def ages(seen: Ints, first: Ints) -> tuple[Mapping[int, Flags], Mapping[int, Flags]]:
    """By age in months: whether a loan was seen up to it, and whether it was ever late by then; (n_loans,) each.

    A loan counts at an age only once it has been seen through it, a late one too: else a young vintage would show its late loans first.
    """
    reached = {age: seen >= age for age in AGES}
    return reached, {age: reached[age] & (first <= age) for age in AGES}


def _whole_months(begin: Ints, end: Ints) -> Ints:
    """The most whole months after a day that are over by another, both as day numbers."""
    months = _month(end) - _month(begin)
    return months - (months_after(begin, months) > end)


def _month(days: Ints) -> Ints:
    """Months since 1970, of a day number."""
    since = (days - date(1970, 1, 1).toordinal()).astype("datetime64[D]")
    return since.astype("datetime64[M]").astype(np.int64)
