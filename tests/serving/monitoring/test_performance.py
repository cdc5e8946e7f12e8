"""What a version promised was measured on a sample too: comparing with it errs as often as it says."""

from __future__ import annotations

import math

import numpy as np
import pytest

from scoring.metrics.calibration_interval import in_the_large_measure
from scoring.metrics.estimate import Measure, two_sided
from serving.monitoring.performance import against_promise


def test_without_a_change_a_promise_of_few_loans_is_missed_as_often_as_the_chance_says() -> None:
    random, rows, rows_then, runs = np.random.default_rng(1), 1200, 800, 1000
    missed = {rows_then: 0, 0: 0}
    for _ in range(runs):
        pd = 1 / (1 + np.exp(-random.normal(-2.7, 0.6, rows + rows_then)))
        bad = (random.random(len(pd)) < pd).astype(np.float64)
        now, then = in_the_large_measure(pd[:rows], bad[:rows]), in_the_large_measure(pd[rows:], bad[rows:])
        for counted in missed:
            missed[counted] += against_promise(now, then.value, rows=rows, rows_then=counted) <= 0.05
    assert missed[rows_then] / runs == pytest.approx(0.05, abs=0.02)
    assert missed[0] / runs > 0.15, "as if the promise had been exact"


def test_what_is_perfect_by_its_meaning_has_no_error_of_its_own() -> None:
    assert against_promise(Measure(0.4, 0.2), 0.0, rows=500, rows_then=0) == two_sided(2.0)
    assert math.isnan(against_promise(Measure(0.4, 0.0), 0.0, rows=500, rows_then=0))
