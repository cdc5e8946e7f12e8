"""AUC: the chance that a bad row scores above a good one, ties counting half; Gini = 2 AUC - 1."""

from __future__ import annotations

from scoring.metrics.arrays import FloatArray, divided
from scoring.metrics.roc import Roc, rank, roc


def auc(score: FloatArray, bad: FloatArray, *, weights: FloatArray | None = None) -> FloatArray:
    """Area under the curve (Mann-Whitney); 0.5 says nothing, 1 orders perfectly."""
    return auc_of(roc(rank(score), bad, weights))


def auc_of(curve: Roc) -> FloatArray:
    """AUC of a curve, by the trapezoids between distinct scores."""
    steps = curve.good[..., 1:] - curve.good[..., :-1]
    area = (steps * (curve.bad[..., 1:] + curve.bad[..., :-1])).sum(axis=-1) / 2
    return divided(area, curve.good[..., -1] * curve.bad[..., -1])


def gini(score: FloatArray, bad: FloatArray, *, weights: FloatArray | None = None) -> FloatArray:
    """Gini coefficient, -1 to 1."""
    return 2 * auc(score, bad, weights=weights) - 1
