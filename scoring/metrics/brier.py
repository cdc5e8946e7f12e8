"""Brier score: mean squared distance between the PD and what happened."""

from __future__ import annotations

from scoring.metrics.arrays import FloatArray, divided, weighed


def brier(chance: FloatArray, bad: FloatArray, *, weights: FloatArray | None = None) -> FloatArray:
    """0 is perfect; the share of bad times the share of good is what a constant reaches."""
    weight = weighed(weights, len(bad))
    return divided(weight @ (chance - bad) ** 2, weight.sum(axis=-1))
