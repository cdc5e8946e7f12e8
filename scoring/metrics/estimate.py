"""A value with its standard error or its 95 % interval, and a difference with its interval and p-value.

Where only a standard error is known the interval is Wald's (1943, "Tests of statistical hypotheses
concerning several parameters"): value ± z * standard error.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from scoring.metrics.arrays import FloatArray

Z = 1.959963984540054
"""The normal quantile of a 95 % interval."""
_NAN = float("nan")


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value and its 95 % interval; NaN where the rows cannot give it."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Measure:
    """A value and its standard error; NaN where the rows cannot give it."""

    value: float
    error: float

    def estimate(self, *, least: float = -math.inf, most: float = math.inf) -> Estimate:
        """With the 95 % interval of Wald, cut at what is possible."""
        return wald(self.value, self.error, least=least, most=most)


@dataclass(frozen=True, slots=True)
class Difference:
    """One value minus another, its 95 % interval, and the chance of one as far from 0 if nothing differed."""

    value: float
    low: float
    high: float
    p_value: float


def wald(value: float, error: float, *, least: float = -math.inf, most: float = math.inf) -> Estimate:
    """The interval of a value by its standard error, cut at what is possible. A NaN error gives NaN ends."""
    reach = Z * error
    if math.isnan(value) or math.isnan(reach):
        return Estimate(value, _NAN, _NAN)
    return Estimate(value, max(least, value - reach), min(most, value + reach))


def wald_difference(value: float, error: float) -> Difference:
    """A difference by its standard error; NaN ends and p-value without one above 0."""
    if math.isnan(value) or not error > 0:
        return Difference(value, _NAN, _NAN, _NAN)
    return Difference(value, value - Z * error, value + Z * error, two_sided(value / error))


def apart(one: Measure, other: Measure) -> Difference:
    """``one - other``, measured on two samples that share no row."""
    return wald_difference(one.value - other.value, math.hypot(one.error, other.error))


def two_sided(z: float) -> float:
    """The chance that a standard normal value is as far from 0 as ``z``."""
    return math.erfc(abs(z) / math.sqrt(2))


def mean_estimate(values: FloatArray) -> Estimate:
    """The mean of one number a row (as each row's part of a Brier score) with its interval; NaN without rows."""
    if not len(values):
        return Estimate(_NAN, _NAN, _NAN)
    error = float(np.std(values, ddof=1)) / math.sqrt(len(values)) if len(values) > 1 else _NAN
    return wald(float(np.mean(values)), error)
