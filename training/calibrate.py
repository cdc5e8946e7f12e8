"""Calibration that keeps contributions additive: an affine map of log-odds, used only when it helps.

calibrated log-odds = intercept + slope * margin (Platt 1999, without his smoothing of outcomes). Whether it
helps is measured by cross-fitting on the inner hold-out, so that it is never judged by what it was fitted on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.metrics.arrays import FloatArray, IntArray, probability
from scoring.metrics.log_loss import log_loss

_STEPS = 50
LEAST_BADS = 25
"""With fewer held-out bads the map would be noise and is not fitted."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """The map, and the held-out log-loss without and with it; (slope 1, intercept 0) where it is not used."""

    slope: float = 1.0
    intercept: float = 0.0
    loss_without: float = float("nan")
    loss_with: float = float("nan")

    @property
    def used(self) -> bool:
        """Whether the map changes anything."""
        return (self.slope, self.intercept) != (1.0, 0.0)

    def odds(self, margins: FloatArray) -> FloatArray:
        """Calibrated log-odds."""
        return self.intercept + self.slope * margins

    def chance(self, margins: FloatArray) -> FloatArray:
        """Calibrated PD."""
        return probability(self.odds(margins))


def calibrate(margins: FloatArray, bad: FloatArray, parts: IntArray) -> Calibration:
    """Fit the map on held-out margins (n,); ``parts`` says which rows are fitted and judged together."""
    without = float(log_loss(probability(margins), bad))
    if min(bad.sum(), len(bad) - bad.sum()) < LEAST_BADS:
        return Calibration(loss_without=without)
    crossed = np.empty(len(margins))
    for part in np.unique(parts):
        out = parts == part
        slope, intercept = affine(margins[~out], bad[~out])
        crossed[out] = intercept + slope * margins[out]
    with_it = float(log_loss(probability(crossed), bad))
    slope, intercept = affine(margins, bad)
    if with_it < without and slope > 0:
        return Calibration(slope, intercept, without, with_it)
    return Calibration(loss_without=without, loss_with=with_it)


def affine(margins: FloatArray, bad: FloatArray) -> tuple[float, float]:
    """Maximum likelihood slope and intercept, by Newton's steps; a trace of ridge keeps them finite."""
    design = np.column_stack([margins, np.ones(len(margins))])
    start = np.array([1.0, 0.0])
    found = start.copy()
    for _ in range(_STEPS):
        now = probability(design @ found)
        bend = (design * (now * (1 - now))[:, None]).T @ design + 1e-6 * np.eye(2)
        step = np.linalg.solve(bend, design.T @ (bad - now) - 1e-6 * (found - start)).clip(-1, 1)
        found = found + step
        if np.abs(step).max() < 1e-10:
            break
    return float(found[0]), float(found[1])
