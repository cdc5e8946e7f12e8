"""The proof that constraints hold: a grid sweep of every constrained feature that must never reverse."""

from __future__ import annotations

from collections.abc import Sequence

import lightgbm
import numpy as np

from scoring.metrics.arrays import FloatArray
from training.boost import raw
from training.table import Feature

ROWS = 8
GRID = 32
TOLERANCE = 1e-9


def reversals(
    booster: lightgbm.Booster, features: Sequence[Feature], matrix: FloatArray, *, seed: int, threads: int = 1
) -> dict[str, int]:
    """Steps against the promised direction, by constrained feature: other values of real rows stay as they are."""
    rng = np.random.default_rng(seed)
    base = matrix[rng.choice(len(matrix), min(ROWS, len(matrix)), replace=False)]
    found = {}
    for place, feature in enumerate(features):
        seen = matrix[:, place]
        seen = seen[~np.isnan(seen)]
        if not feature.monotone or not len(seen):
            continue
        grid = np.unique(np.concatenate([np.quantile(seen, np.linspace(0, 1, GRID // 2)), _even(seen)]))
        swept = np.repeat(base, len(grid), axis=0)
        swept[:, place] = np.tile(grid, len(base))
        margins = raw(booster, swept, threads=threads).reshape(len(base), len(grid))
        found[feature.name] = int((np.diff(margins, axis=1) * feature.monotone < -TOLERANCE).sum())
    return found


def _even(seen: FloatArray) -> FloatArray:
    low, high = float(seen.min()), float(seen.max())
    reach = (high - low) * 0.1
    return np.linspace(low - reach, high + reach, GRID // 2)
