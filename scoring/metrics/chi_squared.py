"""The chi-square distribution: the chance beyond a value, and the value beyond which a chance lies.

The chance beyond x with k degrees of freedom is the regularised upper incomplete gamma function
Q(k/2, x/2), by its power series below k/2 + 1 and by Lentz's continued fraction above: Press et al.
(2007), "Numerical Recipes", section 6.2. Written here because the binding path may import no scipy.
"""

from __future__ import annotations

import math
from functools import lru_cache

_STEPS = 10_000
_SMALL = 1e-300
_EXACT = 1e-16


def beyond(x: float, degrees: int) -> float:
    """The chance that a chi-square value with ``degrees`` exceeds ``x``; with none the value is 0, never beyond."""
    if math.isnan(x):
        return math.nan
    if x <= 0 or degrees <= 0:
        return 1.0 if x <= 0 else 0.0
    a, half = degrees / 2, x / 2
    if math.isinf(half):
        return 0.0
    front = math.exp(a * math.log(half) - half - math.lgamma(a))
    return 1 - front * _series(a, half) if half < a + 1 else front * _fraction(a, half)


@lru_cache(maxsize=4096)
def quantile(chance: float, degrees: int) -> float:
    """The value below which a chi-square value with ``degrees`` lies with ``chance`` (0 to below 1)."""
    if degrees <= 0 or chance <= 0:
        return 0.0
    low, high = 0.0, float(degrees)
    while beyond(high, degrees) > 1 - chance:
        low, high = high, 2 * high
    while (middle := (low + high) / 2) not in (low, high):
        low, high = (middle, high) if beyond(middle, degrees) > 1 - chance else (low, middle)
    return high


def _series(a: float, x: float) -> float:
    term = total = 1 / a
    for step in range(1, _STEPS):
        term *= x / (a + step)
        total += term
        if term < total * _EXACT:
            break
    return total


def _fraction(a: float, x: float) -> float:
    b = x + 1 - a
    c, d = 1 / _SMALL, 1 / b
    value = d
    for step in range(1, _STEPS):
        over = -step * (step - a)
        b += 2
        d = 1 / _away(over * d + b)
        c = _away(b + over / c)
        value *= d * c
        if abs(d * c - 1) < _EXACT * 4:
            break
    return value


def _away(it: float) -> float:
    """Never 0, so that it can divide."""
    return it if abs(it) > _SMALL else _SMALL
