"""KS: the greatest gap between the cumulated shares of bad and good (Kolmogorov and Smirnov)."""

from __future__ import annotations

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
