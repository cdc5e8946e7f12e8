"""The array types of the statistics, and weights in one shape."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


def weighed(weights: FloatArray | None, n_rows: int) -> FloatArray:
    """The weights, or ones (n_rows,)."""
    return np.ones(n_rows) if weights is None else np.asarray(weights, np.float64)


def divided(over: FloatArray, under: FloatArray) -> FloatArray:
    """``over / under`` where ``under`` is positive, NaN elsewhere."""
    under = np.asarray(under, np.float64)
    return np.where(under > 0, over / np.where(under > 0, under, 1.0), np.nan)


def log_odds(chance: FloatArray) -> FloatArray:
    """Log-odds of probabilities strictly between 0 and 1."""
    return np.log(chance) - np.log1p(-chance)


def probability(odds: FloatArray) -> FloatArray:
    """The probability of log-odds, without overflow at either end."""
    small = np.exp(-np.abs(odds))
    return np.where(odds >= 0, 1.0, small) / (1.0 + small)
