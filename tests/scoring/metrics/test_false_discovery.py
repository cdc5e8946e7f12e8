"""Adjusted p-values against scipy's, and what they promise in simulation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import false_discovery_control, norm

from scoring.metrics.false_discovery import benjamini_hochberg, benjamini_yekutieli


def test_adjusted_p_values_are_scipys() -> None:
    rng = np.random.default_rng(1)
    for tests in rng.integers(1, 150, 1_000).tolist():
        p_values = np.round(rng.random(tests) ** rng.uniform(1, 6), int(rng.integers(2, 9)))
        np.testing.assert_allclose(
            benjamini_hochberg(p_values), false_discovery_control(p_values, method="bh"), atol=1e-9
        )
        np.testing.assert_allclose(
            benjamini_yekutieli(p_values), false_discovery_control(p_values, method="by"), atol=1e-9
        )


def test_what_was_not_tested_does_not_count() -> None:
    p_values = np.array([0.01, np.nan, 0.04, 0.03, np.nan])
    found = benjamini_hochberg(p_values)
    assert np.isnan(found[[1, 4]]).all()
    assert found[[0, 2, 3]] == pytest.approx(false_discovery_control([0.01, 0.04, 0.03]))
    assert len(benjamini_hochberg(np.zeros(0))) == 0
    assert np.isnan(benjamini_yekutieli(np.full(2, np.nan))).all()


def test_of_what_is_found_about_one_in_twenty_is_chance() -> None:
    rng = np.random.default_rng(2)
    moved = np.arange(100) < 20
    false = []
    for _ in range(2_000):
        p_values = 2 * norm.sf(np.abs(rng.normal(np.where(moved, 3.5, 0.0))))
        found = benjamini_hochberg(p_values) < 0.05
        false.append((found & ~moved).sum() / max(found.sum(), 1))
    assert np.mean(false) == pytest.approx(0.05 * 0.8, abs=0.01)
    quiet = [(benjamini_hochberg(rng.random(144)) < 0.05).any() for _ in range(4_000)]
    assert np.mean(quiet) == pytest.approx(0.05, abs=0.015)
