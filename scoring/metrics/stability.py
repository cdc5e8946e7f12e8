"""PSI of a sample against frozen bins, beside what sampling alone would give.

If nothing has changed, PSI is about (1/n + 1/n') times a chi-square value with one degree of freedom fewer
than there are bins: Yurdakul and Naranjo (2020), "Statistical properties of the population stability index".
With 300 rows in ten bins that is 0.03 at the mean and 0.06 in one of twenty quiet samples; the custom
"below 0.1 is stable" knows no sample size. The band knows chance only: a PSI above it is more than chance, not
yet important; rows that move together (a village) widen what chance does, the same households twice narrow it.

The mean is taken to its second order: (1/n² + 1/n'²)/2 * sum of (1 - p)/p is added to the first (the expansion
of E[(x - y) ln(x/y)] for two multinomial shares) and the whole band stretched by it, which keeps it right with
many bins and few rows.

An empty bin counts as half a row, so the index is never infinite; a bin empty on both sides does not count.
Bins in which the smaller sample would hold fewer than ``SPARSE`` rows are joined into one before anything is
computed: the chi-square does not hold for them one by one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.metrics.arrays import FloatArray, IntArray
from scoring.metrics.chi_squared import beyond, quantile
from scoring.metrics.frozen_bins import FrozenBins, Sample

SPARSE = 5
_NAN = float("nan")


@dataclass(frozen=True, slots=True)
class Stability:
    """The index and its sampling band: what no change at all would give.

    psi: 0 is the same distribution; NaN where a side has no rows. p_value: the chance of so great an index
    without change. expected, band_95, band_99: mean and quantiles of the index without change. bins: those that
    count, after joining. rows_then, rows_now: rows frozen and compared, missing ones included.
    """

    psi: float
    p_value: float
    expected: float
    band_95: float
    band_99: float
    bins: int
    rows_then: int
    rows_now: int


def stability(then: FrozenBins, now: Sample) -> Stability:
    """How far a sample has moved from the frozen one."""
    return stability_of_counts(np.array(then.counts, np.int64), then.counts_of(now))


def stability_of_counts(then: IntArray, now: IntArray) -> Stability:
    """The same of rows counted in the same bins, both (bins,)."""
    rows_then, rows_now = int(then.sum()), int(now.sum())
    if not rows_then or not rows_now:
        return Stability(_NAN, _NAN, _NAN, _NAN, _NAN, 0, rows_then, rows_now)
    before, after = joined(then, now)
    parts = contributions(before, after)
    degrees, scale = len(parts) - 1, _scale(before, after)
    index = float(parts.sum())
    return Stability(
        psi=index,
        p_value=beyond(index / scale, degrees) if degrees else 1.0,
        expected=scale * degrees,
        band_95=scale * quantile(0.95, degrees),
        band_99=scale * quantile(0.99, degrees),
        bins=len(parts),
        rows_then=rows_then,
        rows_now=rows_now,
    )


def contributions(then: IntArray, now: IntArray) -> FloatArray:
    """Each bin's part of the index, (bins,), never negative: the greatest says what moved."""
    floor_then, floor_now = 0.5 / max(int(then.sum()), 1), 0.5 / max(int(now.sum()), 1)
    before = np.maximum(then / max(int(then.sum()), 1), floor_then)
    after = np.maximum(now / max(int(now.sum()), 1), floor_now)
    parts: FloatArray = np.where((then > 0) | (now > 0), (after - before) * np.log(after / before), 0.0)
    return parts


def joined(then: IntArray, now: IntArray) -> tuple[IntArray, IntArray]:
    """The counts without bins empty on both sides, and with the sparse ones joined into one, last."""
    both = then + now
    expected = both * (min(then.sum(), now.sum()) / max(int(both.sum()), 1))
    sparse, firm = (both > 0) & (expected < SPARSE), expected >= SPARSE
    sides = [np.append(it[firm], it[sparse].sum()) if sparse.any() else it[firm] for it in (then, now)]
    return sides[0], sides[1]


def _scale(then: IntArray, now: IntArray) -> float:
    """What a chi-square value is multiplied by: 1/n + 1/n', stretched to the mean's second order."""
    n, m, bins = int(then.sum()), int(now.sum()), len(then)
    first = 1 / n + 1 / m
    if bins < 2:
        return first
    share = (then + now) / (n + m)
    firm = share[share * min(n, m) >= SPARSE]
    second = (1 / n**2 + 1 / m**2) / 2 * float(((1 - firm) / firm).sum())
    return first + second / (bins - 1)
