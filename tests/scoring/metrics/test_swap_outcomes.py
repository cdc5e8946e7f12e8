"""Swap sets with what became of the swapped, and the KS p-value."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import kolmogorov
from scipy.stats import binomtest, ks_2samp

from scoring.metrics.ks import ks, ks_p_value
from scoring.metrics.swap_set import accepted, fared, swap_outcomes, swap_set


def test_swapped_rows_are_counted_and_the_untested_apart() -> None:
    rng = np.random.default_rng(1)
    for rows in rng.integers(4, 80, 1_000).tolist():
        new, old, outcome = rng.normal(size=rows), rng.normal(size=rows), rng.integers(0, 2, rows).astype(np.float64)
        by_new, by_old = accepted(new, 0.6), accepted(old, 0.6)
        known = swap_outcomes(by_new, by_old, outcome)
        counted = swap_set(new, old, outcome, accept_rate=0.6)
        held = np.where(rng.random(rows) < 0.3, np.nan, outcome)
        found = swap_outcomes(by_new, by_old, held)
        for name in ("both", "swapped_in", "swapped_out", "neither"):
            one = getattr(known, name)
            assert (one.tested, one.bads) == getattr(counted, name)
            assert one.untested == 0
            some = getattr(found, name)
            assert some.rows == one.rows == some.tested + some.untested
            if some.tested:
                theirs = binomtest(some.bads, some.tested).proportion_ci(0.95, "wilson")
                assert (some.bad_rate.value, some.bad_rate.low, some.bad_rate.high) == pytest.approx(
                    (some.bads / some.tested, theirs.low, theirs.high), abs=1e-9
                )
        assert (
            found.both.untested + found.swapped_in.untested + found.swapped_out.untested + found.neither.untested
            == (np.isnan(held).sum())
        )


def test_of_untested_rows_nothing_is_said() -> None:
    found = fared(np.full(3, np.nan))
    assert (found.rows, found.tested, found.bads, found.untested) == (3, 0, 0, 3)
    assert math.isnan(found.bad_rate.value)
    assert (found.bad_rate.low, found.bad_rate.high) == (0, 1)


def test_the_chance_of_a_gap_is_the_limit_of_kolmogorov() -> None:
    rng = np.random.default_rng(2)
    for gap, rows, other in zip(rng.uniform(0, 0.5, 1_000), *rng.integers(5, 900, (2, 1_000)).tolist(), strict=True):
        theirs = kolmogorov(gap * math.sqrt(rows * other / (rows + other)))
        assert ks_p_value(float(gap), rows, other) == pytest.approx(theirs, abs=1e-9)
    assert math.isnan(ks_p_value(0.1, 0, 5))
    score = rng.normal(size=4_000)
    bad = (rng.random(4_000) < 0.5).astype(np.float64)
    gap, n_bad = float(ks(score, bad)), int(bad.sum())
    theirs = ks_2samp(score[bad > 0], score[bad == 0], alternative="two-sided", method="exact")
    both = max(gap, float(ks(-score, bad)))
    assert ks_p_value(both, n_bad, 4_000 - n_bad) == pytest.approx(theirs.pvalue, abs=0.02)
