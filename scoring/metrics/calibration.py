"""Calibration: whether PDs mean what they say.

The statistics are those of Van Calster et al. (2016), "A calibration hierarchy for risk models": in
the large, slope, and the reliability curve with its expected calibration error (ECE).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.metrics.arrays import FloatArray, IntArray, divided, log_odds, probability, weighed

BINS = 10
_STEPS = 25
_FAR = 1e3


@dataclass(frozen=True, slots=True)
class Reliability:
    """Per bin of about equal size: rows, mean PD and realised share of bad, each (..., bins)."""

    rows: FloatArray
    predicted: FloatArray
    realised: FloatArray


def bins_of(chance: FloatArray, bins: int = BINS) -> IntArray:
    """The bin of each row, by quantiles of the PD: 0 is safest."""
    edges = np.unique(np.quantile(chance, np.linspace(0, 1, bins + 1)[1:-1])) if len(chance) else np.zeros(0)
    return np.searchsorted(edges, chance, side="right").astype(np.int64)


def reliability(chance: FloatArray, bad: FloatArray, *, weights: FloatArray | None = None) -> Reliability:
    """The reliability curve; bins come from the rows unweighted, so every weighting shares them."""
    place = bins_of(chance)
    member = (place[:, None] == np.arange(place.max(initial=0) + 1)).astype(np.float64)
    weight = weighed(weights, len(bad))
    rows = weight @ member
    predicted, realised = weight @ (member * chance[:, None]), weight @ (member * bad[:, None])
    return Reliability(rows, divided(predicted, rows), divided(realised, rows))


def ece(chance: FloatArray, bad: FloatArray, *, weights: FloatArray | None = None) -> FloatArray:
    """Expected calibration error: mean gap between PD and realised share over bins. Resampling inflates it."""
    curve = reliability(chance, bad, weights=weights)
    gap = curve.rows * np.abs(curve.predicted - curve.realised)
    return divided(np.nansum(gap, axis=-1), curve.rows.sum(axis=-1))


def in_the_large(chance: FloatArray, bad: FloatArray, *, weights: FloatArray | None = None) -> FloatArray:
    """What must be added to every log-odds for the mean PD to equal the share of bad; above 0: PDs too low."""
    weight = np.atleast_2d(weighed(weights, len(bad)))
    odds = log_odds(chance)
    n_bad, total = weight @ bad, weight.sum(axis=-1)
    usable = (n_bad > 0) & (n_bad < total)
    shift = np.zeros(len(weight))
    for _ in range(_STEPS):
        now = probability(odds + shift[:, None])
        gap, bend = n_bad - (weight * now).sum(axis=-1), (weight * now * (1 - now)).sum(axis=-1)
        step = np.where(usable, gap / np.maximum(bend, 1e-12), 0.0).clip(-2, 2)
        shift += step
        if np.abs(step).max(initial=0) < 1e-9:
            break
    return _shaped(np.where(usable, shift, np.nan), weights)


def slope(chance: FloatArray, bad: FloatArray, *, weights: FloatArray | None = None) -> FloatArray:
    """Slope of outcome on log-odds (logistic, with intercept): below 1 PDs are too extreme, above 1 too timid."""
    return line(chance, bad, weights=weights)[1]


def line(chance: FloatArray, bad: FloatArray, *, weights: FloatArray | None = None) -> tuple[FloatArray, FloatArray]:
    """Intercept and slope of the logistic regression of outcome on the PD's log-odds, by Newton's steps."""
    weight = np.atleast_2d(weighed(weights, len(bad)))
    x = log_odds(chance)
    n_bad, total = weight @ bad, weight.sum(axis=-1)
    usable = (n_bad > 0) & (n_bad < total)
    level, tilt = np.zeros(len(weight)), np.ones(len(weight))
    for _ in range(_STEPS):
        now = probability(level[:, None] + tilt[:, None] * x)
        gap, bend = weight * (bad - now), weight * now * (1 - now)
        g0, g1 = gap.sum(axis=-1), gap @ x
        h0, h1, h2 = bend.sum(axis=-1), bend @ x, bend @ (x * x)
        det = h0 * h2 - h1 * h1
        usable &= det > 1e-12
        safe = np.where(usable, det, 1.0)
        up, turn = (h2 * g0 - h1 * g1) / safe, (h0 * g1 - h1 * g0) / safe
        level, tilt = level + np.where(usable, up, 0).clip(-2, 2), tilt + np.where(usable, turn, 0).clip(-2, 2)
        if np.abs(np.where(usable, up, 0)).max(initial=0) + np.abs(np.where(usable, turn, 0)).max(initial=0) < 1e-8:
            break
    usable &= np.abs(tilt) < _FAR
    return _shaped(np.where(usable, level, np.nan), weights), _shaped(np.where(usable, tilt, np.nan), weights)


def _shaped(values: FloatArray, weights: FloatArray | None) -> FloatArray:
    return values if weights is not None and np.ndim(weights) > 1 else np.asarray(values[0])
