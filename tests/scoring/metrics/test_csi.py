"""The points-weighted shift of an indicator, against scipy's comparison of two means."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm, ttest_ind_from_stats

from scoring.metrics.arrays import IntArray
from scoring.metrics.csi import points_shift

REPEATED = 4_000


def _counted(rng: np.random.Generator, bands: int, rows: int) -> IntArray:
    return rng.multinomial(rows, rng.dirichlet(np.full(bands, 5.0))).astype(np.int64)


def test_points_move_by_the_difference_of_mean_points() -> None:
    rng = np.random.default_rng(6)
    for _ in range(1_000):
        bands = int(rng.integers(2, 9))
        then, now = (_counted(rng, bands, int(rows)) for rows in rng.integers(50, 3_000, 2))
        points = rng.integers(-20, 30, bands).astype(np.float64)
        if len(set(points[(then > 0) | (now > 0)])) == 1:
            continue
        found = points_shift(then, now, points)
        long_then, long_now = np.repeat(points, then), np.repeat(points, now)
        assert found.value == pytest.approx(long_now.mean() - long_then.mean(), abs=1e-9)
        theirs = ttest_ind_from_stats(
            *(long_now.mean(), long_now.std(), len(long_now)),
            *(long_then.mean(), long_then.std(), len(long_then)),
            equal_var=False,
        )
        assert found.p_value == pytest.approx(2 * norm.sf(abs(theirs.statistic)), abs=1e-9)
        assert (found.low + found.high) / 2 == pytest.approx(found.value, abs=1e-9)


def test_the_interval_of_moved_points_holds_the_truth() -> None:
    rng = np.random.default_rng(7)
    points, p, q = np.array([0.0, 5, 10, -8]), np.array([0.4, 0.3, 0.2, 0.1]), np.array([0.35, 0.3, 0.25, 0.1])
    before, after = rng.multinomial(900, p, REPEATED), rng.multinomial(500, q, REPEATED)
    found = [points_shift(then, now, points) for then, now in zip(before, after, strict=True)]
    truth = float((q - p) @ points)
    assert np.mean([it.low <= truth <= it.high for it in found]) == pytest.approx(0.95, abs=0.02)


def test_points_that_cannot_move() -> None:
    flat = points_shift(np.array([5, 5]), np.array([1, 9]), np.array([3.0, 3.0]))
    assert flat.value == 0
    assert np.isnan(flat.p_value)
    assert np.isnan(points_shift(np.array([0, 0]), np.array([1, 9]), np.array([3.0, 4.0])).value)
