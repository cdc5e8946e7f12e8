"""KS: the greatest gap between the cumulated shares of bad and good (Kolmogorov and Smirnov).

The p-value is Smirnov's (1939) limit, 2 sum (-1)^(k-1) exp(-2 k² x²) with x = gap * √(n n' / (n + n')).
"""

from __future__ import annotations

import math

from scoring.metrics.arrays import FloatArray, divided
from scoring.metrics.roc import Roc, rank, roc


def ks(score: FloatArray, bad: FloatArray, *, weights: FloatArray | None = None) -> FloatArray:
    """The gap, 0 to 1, at the cut that parts bad from good best."""
    return ks_of(roc(rank(score), bad, weights))


def ks_of(curve: Roc) -> FloatArray:
    """The gap of a curve."""
    of_bad = divided(curve.bad, curve.bad[..., -1:])
    gap: FloatArray = (of_bad - divided(curve.good, curve.good[..., -1:])).max(axis=-1)
    return gap


def ks_p_value(gap: float, rows: int, other_rows: int) -> float:
    """The chance of so great a gap, either way, between samples of these sizes from one distribution.

    gap: the greater of :func:`ks` of the score and of its negative. Right for some tens of rows and more; too great where values repeat. NaN where a side has no rows.
    """
    if not rows or not other_rows or math.isnan(gap):
        return float("nan")
    x = gap * math.sqrt(rows * other_rows / (rows + other_rows))
    if x < 0.2:
        return 1.0
    found = 2 * sum((1 if k % 2 else -1) * math.exp(-2 * (k * x) ** 2) for k in range(1, 40))
    return min(1.0, max(0.0, found))
