"""Roll rates: how loans move between buckets of days past due from one month end to the next.

The transition matrix of Cyert, Davidson and Thompson (1962), "Estimation of the allowance for doubtful accounts
by Markov chains". A month without statement breaks the chain: no step is counted over it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scoring.metrics.arrays import FloatArray, IntArray, divided

BUCKETS = (1, 31, 61, 91)
"""Least days past due of each bucket after the first, which is not past due: 0, 1-30, 31-60, 61-90, 91 and more."""


@dataclass(frozen=True, slots=True)
class RollRates:
    """Steps from bucket (row) to bucket (column) a month later, (buckets, buckets); 0 is not past due.

    unfollowed: statements of each bucket with none the month after (paid off, or the last known), (buckets,).
    """

    counts: IntArray
    unfollowed: IntArray

    @property
    def shares(self) -> FloatArray:
        """Each row's counts as shares of the row; NaN in a row without steps."""
        return divided(self.counts.astype(np.float64), self.counts.sum(axis=1, keepdims=True).astype(np.float64))


def bucket_of(days_past_due: IntArray, buckets: Sequence[int] = BUCKETS) -> IntArray:
    """The bucket of each statement; buckets ascend."""
    return np.searchsorted(buckets, days_past_due, side="right").astype(np.int64)


def roll_rates(loan: IntArray, month: IntArray, bucket: IntArray, *, buckets: int = len(BUCKETS) + 1) -> RollRates:
    """The steps of a loan book, in any order; at most one statement a loan and month.

    loan: any number that names it; month: consecutive (12 * year + month); bucket: 0 to ``buckets - 1``; all (n,).
    """
    order = np.lexsort((month, loan))
    loan, month, bucket = loan[order], month[order], bucket[order]
    follows = (loan[1:] == loan[:-1]) & (month[1:] == month[:-1] + 1)
    steps = bucket[:-1][follows] * buckets + bucket[1:][follows]
    counts = np.bincount(steps, minlength=buckets * buckets).reshape(buckets, buckets).astype(np.int64)
    followed = np.append(follows, np.zeros(min(len(loan), 1), np.bool_))
    return RollRates(counts, np.bincount(bucket[~followed], minlength=buckets).astype(np.int64))
