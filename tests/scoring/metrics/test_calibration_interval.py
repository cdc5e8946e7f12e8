"""Calibration in the large and slope: value and error against scipy's fit of the likelihood; coverage."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.optimize import brentq, root
from scipy.special import expit, logit

from scoring.metrics.arrays import FloatArray, probability
from scoring.metrics.calibration_interval import in_the_large_measure, slope_measure

REPEATED = 2_000


def _drawn(rng: np.random.Generator, rows: int) -> tuple[FloatArray, FloatArray]:
    odds = rng.normal(-1, 1, rows)
    bad = (rng.random(rows) < probability(odds)).astype(np.float64)
    bad[:2] = 0, 1
    return probability(odds + rng.normal(0, 0.5)), bad


def test_values_and_errors_are_those_of_the_fitted_likelihood() -> None:
    rng = np.random.default_rng(1)
    for rows in rng.integers(60, 300, 1_000).tolist():
        chance, bad = _drawn(rng, rows)
        x = logit(chance)
        level = brentq(lambda it, x=x, bad=bad: bad.sum() - expit(x + it).sum(), -20, 20, xtol=1e-13)
        found = in_the_large_measure(chance, bad)
        assert found.value == pytest.approx(level, abs=1e-9)
        curve = expit(x + level) * expit(-x - level)
        assert found.error == pytest.approx(curve.sum() ** -0.5, abs=1e-9)

        def gap(line: FloatArray, x: FloatArray = x, bad: FloatArray = bad) -> FloatArray:
            left = bad - expit(line[0] + line[1] * x)
            return np.array([left.sum(), left @ x])

        def bend(line: FloatArray, x: FloatArray = x) -> FloatArray:
            weight = expit(line[0] + line[1] * x) * expit(-line[0] - line[1] * x)
            design = np.stack([np.ones(len(x)), x])
            return -(design * weight) @ design.T

        fitted = root(gap, np.array([0.0, 1.0]), jac=bend, tol=1e-14).x
        tilt = slope_measure(chance, bad)
        assert tilt.value == pytest.approx(fitted[1], abs=1e-9)
        assert tilt.error == pytest.approx(math.sqrt(np.linalg.inv(-bend(fitted))[1, 1]), abs=1e-9)


def test_the_intervals_hold_the_truth_in_95_of_100() -> None:
    rng = np.random.default_rng(2)
    odds = rng.normal(-1.5, 1, 800)
    chance, held = probability(odds), []
    for _ in range(REPEATED):
        bad = (rng.random(800) < probability(0.3 + 0.8 * odds)).astype(np.float64)
        ends = slope_measure(chance, bad).estimate()
        bad = (rng.random(800) < probability(0.3 + odds)).astype(np.float64)
        level = in_the_large_measure(chance, bad).estimate()
        held.append((ends.low <= 0.8 <= ends.high, level.low <= 0.3 <= level.high))
    assert np.mean(held, axis=0) == pytest.approx([0.95, 0.95], abs=0.02)


def test_what_cannot_be_had_is_not_a_number() -> None:
    chance = np.array([0.1, 0.2, 0.3, 0.4])
    empty = np.zeros(0)
    for bad, given in ((np.zeros(4), chance), (np.ones(4), chance), (empty, empty)):
        for measure in (in_the_large_measure, slope_measure):
            assert np.isnan([measure(given, bad).value, measure(given, bad).error]).all()
    mixed = np.array([0.0, 1.0, 0.0, 1.0])
    assert math.isnan(slope_measure(np.full(4, 0.3), mixed).value)
    assert in_the_large_measure(np.full(4, 0.3), mixed).value == pytest.approx(-logit(0.3))
