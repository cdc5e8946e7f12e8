"""The chi-square distribution against scipy's."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import chi2

from scoring.metrics.chi_squared import beyond, quantile


def test_chances_and_values_are_scipys() -> None:
    rng = np.random.default_rng(1)
    for degrees, stretch in zip(rng.integers(1, 400, 1_000).tolist(), rng.gamma(4, 0.25, 1_000).tolist(), strict=True):
        x = degrees * stretch
        assert beyond(x, degrees) == pytest.approx(chi2.sf(x, degrees), rel=1e-9, abs=1e-12)
    for degrees, chance in zip(rng.integers(1, 60, 1_000).tolist(), rng.uniform(0.001, 0.9999, 1_000), strict=True):
        assert quantile(float(chance), degrees) == pytest.approx(chi2.ppf(chance, degrees), rel=1e-9)


def test_far_tails_are_small_and_not_none() -> None:
    for x, degrees in ((300.0, 9), (900.0, 40)):
        assert beyond(x, degrees) == pytest.approx(chi2.sf(x, degrees), rel=1e-9)
    assert beyond(1e9, 5) == 0
    assert beyond(math.inf, 5) == 0


def test_nothing_to_vary_lies_at_none() -> None:
    assert (beyond(0.0, 9), beyond(0.1, 0), quantile(0.95, 0), quantile(0.0, 3)) == (1, 0, 0, 0)
    assert math.isnan(beyond(math.nan, 3))
