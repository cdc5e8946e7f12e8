"""Contributions in calibrated log-odds: LightGBM's own TreeSHAP, scaled by the calibration's slope."""

from __future__ import annotations

from dataclasses import dataclass

import lightgbm
import numpy as np

from scoring.metrics.arrays import FloatArray
from training.boost import raw
from training.calibrate import Calibration

MOST_ROWS = 300


@dataclass(frozen=True, slots=True)
class Explained:
    """Rows and their contributions.

    matrix, contributions: (n, f). base: log-odds of the expected margin. error: greatest distance between
    base plus contributions and the calibrated margin, over the rows.
    """

    matrix: FloatArray
    contributions: FloatArray
    base: float
    error: float


def explain(
    booster: lightgbm.Booster, calibration: Calibration, matrix: FloatArray, *, seed: int, threads: int = 1
) -> Explained:
    """Explain at most ``MOST_ROWS`` rows of the matrix, drawn by the seed."""
    if len(matrix) > MOST_ROWS:
        picked = np.random.default_rng(seed).choice(len(matrix), MOST_ROWS, replace=False)
        matrix = matrix[np.sort(picked)]
    found = np.asarray(booster.predict(matrix, pred_contrib=True, num_threads=threads), np.float64)
    contributions = calibration.slope * found[:, :-1]
    base = calibration.intercept + calibration.slope * float(found[0, -1])
    margins = calibration.odds(raw(booster, matrix, threads=threads))
    error = float(np.abs(base + contributions.sum(axis=1) - margins).max())
    return Explained(matrix, contributions, base, error)
