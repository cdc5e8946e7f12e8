"""Calibration in the large and calibration slope with their standard errors.

Cox (1958), "Two further applications of a model for binary regression": the outcome is regressed on the PD's
log-odds x. In the large fits the intercept alone with slope 1; the slope fits both. The errors are Wald's, from
the information matrix at the fit, with w = p(1 - p) of the fitted chances: 1 / √(sum w) in the large, and
√(sum w / (sum w · sum wx² - (sum wx)²)) for the slope. Rows count as independent, and some tens of bad rows are
needed: with few the interval of the slope is too short on the side of steep slopes.
"""

from __future__ import annotations

import math

import numpy as np

from scoring.metrics import calibration
from scoring.metrics.arrays import FloatArray, log_odds, probability
from scoring.metrics.estimate import Measure

_NAN = float("nan")


def in_the_large_measure(chance: FloatArray, bad: FloatArray) -> Measure:
    """See :func:`calibration.in_the_large`; 0 within the interval: the PDs' level may well be right."""
    value = float(calibration.in_the_large(chance, bad))
    if math.isnan(value):
        return Measure(_NAN, _NAN)
    now = probability(log_odds(chance) + value)
    return Measure(value, 1 / math.sqrt(float((now * (1 - now)).sum())))


def slope_measure(chance: FloatArray, bad: FloatArray) -> Measure:
    """See :func:`calibration.slope`; 1 within the interval: the PDs' spread may well be right."""
    level, tilt = (float(it) for it in calibration.line(chance, bad))
    if math.isnan(tilt):
        return Measure(_NAN, _NAN)
    x = log_odds(chance)
    now = probability(level + tilt * x)
    weight = now * (1 - now)
    middle = float(np.average(x, weights=weight))
    return Measure(tilt, 1 / math.sqrt(float(weight @ (x - middle) ** 2)))
