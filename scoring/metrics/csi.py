"""CSI of a scorecard's indicator: the points by which its bands' new shares move the mean score.

Sum over bands of (share now - share then) * points, Siddiqi (2006), "Credit Risk Scorecards", chapter 8: 0 means
that the indicator moves nobody's score on average, though its shares may have moved (PSI says that). Summed over
indicators it is the whole movement of the mean score, but for what caps take away. The interval is that of two
means of separate rows.
"""

from __future__ import annotations

import math

import numpy as np

from scoring.metrics.arrays import FloatArray, IntArray
from scoring.metrics.estimate import Difference, wald_difference

_NAN = float("nan")


def points_shift(then: IntArray, now: IntArray, points: FloatArray) -> Difference:
    """Points by which the mean score moves through one indicator.

    then, now: rows in each band (bands,), missing ones as a band of their own. points: of each band. All NaN where
    a side has no rows; exactly 0 without interval where every row of both has the same points.
    """
    rows_then, rows_now = int(then.sum()), int(now.sum())
    if not rows_then or not rows_now:
        return Difference(_NAN, _NAN, _NAN, _NAN)
    before, after = then / rows_then, now / rows_now
    value = float(((after - before) * points).sum())
    error = math.sqrt(_spread(before, points) / rows_then + _spread(after, points) / rows_now)
    return wald_difference(value, error)


def _spread(shares: FloatArray, points: FloatArray) -> float:
    """The variance of the points of one row."""
    mean = float(shares @ points)
    return float(np.sum(shares * (points - mean) ** 2))
