"""The difference of two shares of separate rows, with its interval and p-value.

Newcombe (1998), "Interval estimation for the difference between independent proportions: comparison of
eleven methods", method 10: with Wilson intervals (l, u) of p and (l', u') of q, the interval of p - q is
p - q - √((p - l)² + (u' - q)²) to p - q + √((u - p)² + (q - l')²). The p-value is that of Pearson's (1900)
chi-square of the two-by-two table, without continuity correction.
"""

from __future__ import annotations

import math

from scoring.metrics.estimate import Difference, two_sided
from scoring.metrics.wilson import wilson

_NAN = float("nan")


def share_difference(bads: float, rows: float, *, other_bads: float, other_rows: float) -> Difference:
    """``bads / rows - other_bads / other_rows``; all NaN where either side has no rows.

    Where nobody or everybody is bad the table cannot differ and the p-value is 1.
    """
    if rows <= 0 or other_rows <= 0:
        return Difference(_NAN, _NAN, _NAN, _NAN)
    share, other = bads / rows, other_bads / other_rows
    (low, high), (other_low, other_high) = wilson(bads, rows), wilson(other_bads, other_rows)
    gap = share - other
    below, above = math.hypot(share - low, other_high - other), math.hypot(high - share, other - other_low)
    pooled = (bads + other_bads) / (rows + other_rows)
    error = math.sqrt(pooled * (1 - pooled) * (1 / rows + 1 / other_rows))
    return Difference(gap, max(-1.0, gap - below), min(1.0, gap + above), two_sided(gap / error) if error > 0 else 1.0)
