"""Vintage curves: the share of a quarter's loans that were ever so many days late, by months on book.

Siddiqi (2006), "Credit Risk Scorecards", chapter 3. Vintages are compared at equal age only: a young vintage has
had less time to be late, so its share of today beside an old one's flatters it. A point exists only where every
loan of the vintage has reached the age.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.metrics.arrays import FloatArray, IntArray, divided
from scoring.metrics.estimate import Difference
from scoring.metrics.newcombe import share_difference

NEVER = np.iinfo(np.int64).max
"""The month of a loan that was never late."""


@dataclass(frozen=True, slots=True)
class VintageCurves:
    """Loans by vintage and months on book 0, 1, … (column m is age m).

    vintages: labels, ascending, (v,). size: all loans of each, (v,). rows: those that have reached the age, and
    late: those of them that had been late by then, both (v, months + 1).
    """

    vintages: tuple[str, ...]
    size: IntArray
    rows: IntArray
    late: IntArray

    @property
    def share(self) -> FloatArray:
        """Share ever late by the age, (v, months + 1); NaN where not every loan of the vintage has reached it."""
        return np.where(self.rows == self.size[:, None], self.share_of_reached, np.nan)

    @property
    def share_of_reached(self) -> FloatArray:
        """The same among the loans that have reached the age; their mix changes with the age, so it may fall."""
        return divided(self.late.astype(np.float64), self.rows.astype(np.float64))


def first_late(
    loan: IntArray, month_on_book: IntArray, days_past_due: IntArray, *, loans: int, at_least_days: int
) -> IntArray:
    """The age at which each loan was first so late, (loans,); ``NEVER`` where it was not.

    loan: each statement's loan, 0 to loans - 1; month_on_book: which month end after disbursement it is, 1 for the
    first. A month without statement shows no lateness: leave out loans whose statements are missing.
    """
    first = np.full(loans, NEVER)
    late = days_past_due >= at_least_days
    np.minimum.at(first, loan[late], month_on_book[late])
    return first


def vintage_curves(vintage: NDArray[np.str_], first: IntArray, reached: IntArray, *, months: int) -> VintageCurves:
    """The curves of a loan book.

    vintage: quarter of disbursement of each loan, such as "2020Q1". first: as :func:`first_late` gives it.
    reached: whole months on book by the day until which repayment is known. All (n_loans,).
    """
    labels, place = np.unique(vintage, return_inverse=True)
    rows, late = np.zeros((2, len(labels), months + 1), np.int64)
    for age in range(months + 1):
        there = reached >= age
        rows[:, age] = np.bincount(place[there], minlength=len(labels))
        late[:, age] = np.bincount(place[there & (first <= age)], minlength=len(labels))
    size = np.bincount(place, minlength=len(labels)).astype(np.int64)
    return VintageCurves(tuple(labels.tolist()), size, rows, late)


def early_difference(curves: VintageCurves, vintage: str, *, earlier: Collection[str], age: int) -> Difference:
    """Share late by an age of one vintage minus that of earlier ones together (Newcombe, see ``newcombe.py``).

    Only loans that have reached the age count, on both sides; all NaN where a side has none.
    """
    here = np.array([it == vintage for it in curves.vintages], np.bool_)
    there = np.array([it in earlier and it != vintage for it in curves.vintages], np.bool_)
    rows, late = curves.rows[:, age], curves.late[:, age]
    return share_difference(
        int(late[here].sum()),
        int(rows[here].sum()),
        other_bads=int(late[there].sum()),
        other_rows=int(rows[there].sum()),
    )
