"""Ranks of values, equal values sharing their average rank."""

from __future__ import annotations

import numpy as np

from scoring.metrics.arrays import FloatArray


def average_ranks(values: FloatArray) -> FloatArray:
    """The rank of each value, 1 for the least; (n,) to (n,)."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks: FloatArray = (np.cumsum(counts) - (counts - 1) / 2)[place]
    return ranks
