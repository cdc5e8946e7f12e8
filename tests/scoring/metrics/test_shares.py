"""Intervals of a share and of a difference of shares, against scipy, a textbook and simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import binomtest, chi2_contingency, norm, sem, ttest_ind

from scoring.metrics.arrays import FloatArray
from scoring.metrics.estimate import Estimate, Measure, apart, mean_estimate, two_sided, wald, wald_difference
from scoring.metrics.newcombe import share_difference
from scoring.metrics.wilson import share_of, wilson

REFEREED = 1_000
REPEATED = 4_000


def test_the_wilson_interval_of_a_textbook() -> None:
    # Newcombe (1998), table I: 81 of 263, and 0 of 20
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=1e-4)
    assert wilson(0, 0) == (0.0, 1.0)


def test_the_wilson_interval_is_scipys() -> None:
    rng = np.random.default_rng(1)
    for rows in rng.integers(1, 3_000, REFEREED).tolist():
        bads = int(rng.integers(0, rows + 1))
        theirs = binomtest(bads, rows).proportion_ci(0.95, "wilson")
        assert share_of(bads, rows) == Estimate(bads / rows, *wilson(bads, rows))
        assert wilson(bads, rows) == pytest.approx((theirs.low, theirs.high), abs=1e-9)
    assert math.isnan(share_of(0, 0).value)


def test_the_difference_of_shares_is_a_textbooks() -> None:
    # Newcombe (1998), table II: 56/70 against 48/80, 9/10 against 3/10, 0/10 against 0/20
    for counts, ends in (((56, 70, 48, 80), (0.0524, 0.3339)), ((9, 10, 3, 10), (0.1705, 0.8090))):
        found = share_difference(counts[0], counts[1], other_bads=counts[2], other_rows=counts[3])
        assert (found.low, found.high) == pytest.approx(ends, abs=1e-4)
    nobody = share_difference(0, 10, other_bads=0, other_rows=20)
    assert (nobody.value, nobody.low, nobody.high) == pytest.approx((0, -0.1611, 0.2775), abs=1e-4)
    assert nobody.p_value == 1
    assert math.isnan(share_difference(0, 0, other_bads=1, other_rows=2).value)


def test_the_difference_of_shares_is_that_of_scipys_parts() -> None:
    rng = np.random.default_rng(2)
    for rows, other_rows in rng.integers(2, 2_000, (REFEREED, 2)).tolist():
        bads, other = int(rng.integers(1, rows)), int(rng.integers(0, other_rows + 1))
        found = share_difference(bads, rows, other_bads=other, other_rows=other_rows)
        ours, theirs = (binomtest(k, n).proportion_ci(0.95, "wilson") for k, n in ((bads, rows), (other, other_rows)))
        p, q = bads / rows, other / other_rows
        low = p - q - np.sqrt((p - ours.low) ** 2 + (theirs.high - q) ** 2)
        high = p - q + np.sqrt((ours.high - p) ** 2 + (q - theirs.low) ** 2)
        assert (found.value, found.low, found.high) == pytest.approx((p - q, low, high), abs=1e-9)
        table = [[bads, rows - bads], [other, other_rows - other]]
        assert found.p_value == pytest.approx(chi2_contingency(table, correction=False).pvalue, abs=1e-9)


def test_the_intervals_of_shares_hold_the_truth_in_95_of_100() -> None:
    rng = np.random.default_rng(3)
    for truth, rows, moved, other_rows in ((0.05, 400, 0.05, 900), (0.3, 80, 0.2, 120), (0.02, 1_500, 0.04, 700)):
        bads = rng.binomial(rows, truth, REPEATED).tolist()
        other = rng.binomial(other_rows, moved, REPEATED).tolist()
        ends = [wilson(it, rows) for it in bads]
        assert np.mean([low <= truth <= high for low, high in ends]) == pytest.approx(0.95, abs=0.02)
        apart_by = [
            share_difference(k, rows, other_bads=o, other_rows=other_rows) for k, o in zip(bads, other, strict=True)
        ]
        held = np.mean([it.low <= truth - moved <= it.high for it in apart_by])
        assert held == pytest.approx(0.95, abs=0.02)
        if truth == moved:
            assert np.mean([it.p_value < 0.05 for it in apart_by]) == pytest.approx(0.05, abs=0.02)


def test_wald_intervals_and_two_sided_chances_are_the_normal_ones() -> None:
    rng = np.random.default_rng(4)
    for value, error in rng.uniform(0.1, 3, (REFEREED, 2)).tolist():
        ends = norm.interval(0.95, value, error)
        found = wald(value, error)
        assert (found.low, found.high) == pytest.approx(ends, abs=1e-9)
        moved = wald_difference(value, error)
        assert (moved.low, moved.high, moved.p_value) == pytest.approx((*ends, 2 * norm.sf(value / error)), abs=1e-9)
    assert wald(0.9, 0.2, least=0, most=1).high == 1
    assert Measure(0.9, 0.2).estimate(most=1) == wald(0.9, 0.2, most=1)
    assert two_sided(0) == 1
    assert two_sided(-1.5) == two_sided(1.5)


def test_without_a_standard_error_there_is_no_interval() -> None:
    assert np.isnan([wald(0.5, float("nan")).low, wald_difference(0.5, 0.0).p_value]).all()
    assert np.isnan(mean_estimate(np.zeros(0)).value)
    one = mean_estimate(np.array([3.0]))
    assert one.value == 3
    assert np.isnan([one.low, one.high]).all()


def test_the_interval_of_a_mean_and_of_two_means_apart() -> None:
    rng = np.random.default_rng(5)

    def drawn(rows: int) -> FloatArray:
        return rng.gamma(2.0, size=rows)

    for rows, other_rows in rng.integers(5, 400, (REFEREED, 2)).tolist():
        values, others = drawn(rows), drawn(other_rows)
        found = mean_estimate(values)
        assert (found.value, found.high) == pytest.approx(
            (values.mean(), values.mean() + norm.ppf(0.975) * sem(values)), abs=1e-9
        )
        theirs = ttest_ind(values, others, equal_var=False).statistic
        both = apart(Measure(values.mean(), sem(values)), Measure(others.mean(), sem(others)))
        assert both.p_value == pytest.approx(2 * norm.sf(abs(theirs)), abs=1e-9)
    ends = [mean_estimate(drawn(300)) for _ in range(REPEATED)]
    assert np.mean([it.low <= 2 <= it.high for it in ends]) == pytest.approx(0.95, abs=0.02)
