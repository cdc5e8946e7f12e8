"""Kappa, Kendall and Spearman against scikit-learn, scipy and a numeric derivative."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import kendalltau, spearmanr
from sklearn.metrics import cohen_kappa_score

from scoring.metrics.arrays import FloatArray
from scoring.metrics.kappa import Weighting, kappa, kappa_of
from scoring.metrics.rank_agreement import kendall, spearman

WEIGHTINGS: tuple[Weighting, ...] = ("none", "linear", "quadratic")
REPEATED = 2_000


@pytest.mark.parametrize("weighting", WEIGHTINGS)
def test_kappa_is_scikit_learns(weighting: Weighting) -> None:
    rng = np.random.default_rng(1)
    for rows in rng.integers(10, 90, 1_000).tolist():
        one = rng.integers(0, 4, rows)
        one[:4] = range(4)
        other = np.where(rng.random(rows) < 0.5, one, rng.integers(0, 4, rows))
        theirs = cohen_kappa_score(one, other, labels=[0, 1, 2, 3], weights=None if weighting == "none" else weighting)
        assert kappa(one, other, classes=4, weighting=weighting).value == pytest.approx(theirs, abs=1e-9)


def _of_shares(share: FloatArray, weighting: Weighting) -> float:
    apart = np.abs(np.subtract.outer(np.arange(len(share)), np.arange(len(share))))
    cost = {"none": apart > 0, "linear": apart, "quadratic": apart**2}[weighting]
    return float(1 - (cost * share).sum() / (cost * np.outer(share.sum(axis=1), share.sum(axis=0))).sum() * share.sum())


@pytest.mark.parametrize("weighting", WEIGHTINGS)
def test_the_error_of_kappa_is_that_of_its_derivative(weighting: Weighting) -> None:
    rng = np.random.default_rng(2)
    for _ in range(60):
        table = rng.integers(3, 60, (4, 4))
        share, slope = table / table.sum(), np.zeros(16)
        for cell in range(16):
            step = np.zeros(16)
            step[cell] = 1e-6
            up, down = (share + sign * step.reshape(4, 4) for sign in (1, -1))
            slope[cell] = (_of_shares(up / up.sum(), weighting) - _of_shares(down / down.sum(), weighting)) / 2e-6
        flat = share.ravel()
        variance = (flat @ slope**2 - (flat @ slope) ** 2) / table.sum()
        assert kappa_of(table, weighting=weighting).error == pytest.approx(math.sqrt(variance), abs=1e-7)


@pytest.mark.parametrize("weighting", WEIGHTINGS)
def test_the_interval_of_kappa_holds_the_truth_in_95_of_100(weighting: Weighting) -> None:
    rng = np.random.default_rng(3)
    share = np.outer([0.2, 0.3, 0.3, 0.2], [0.25] * 4) * 0.5 + np.diag([0.1, 0.15, 0.15, 0.1])
    truth = _of_shares(share, weighting)
    tables = rng.multinomial(500, share.ravel(), REPEATED).reshape(REPEATED, 4, 4)
    ends = [kappa_of(it, weighting=weighting).estimate() for it in tables]
    assert np.mean([it.low <= truth <= it.high for it in ends]) == pytest.approx(0.95, abs=0.02)


def test_kappa_of_nothing_or_of_one_class_is_not_a_number() -> None:
    none = np.zeros(0, np.int64)
    assert math.isnan(kappa(none, none, classes=3).value)
    same = np.full(9, 2)
    assert math.isnan(kappa(same, same, classes=3).value)
    assert kappa(np.array([0, 1, 2]), np.array([0, 1, 2]), classes=3).value == 1


@pytest.mark.parametrize("steps", [2, 7, 10_000])
def test_rank_agreements_are_scipys(steps: int) -> None:
    rng = np.random.default_rng(steps)
    for rows in rng.integers(2, 120, 1_000).tolist():
        one = rng.integers(0, steps, rows).astype(np.float64)
        other = np.round(one * rng.choice([-1, 0.5, 1]) + rng.integers(0, steps, rows))
        if len(np.unique(one)) < 2 or len(np.unique(other)) < 2:
            assert math.isnan(kendall(one, other))
            assert math.isnan(spearman(one, other))
            continue
        assert kendall(one, other) == pytest.approx(kendalltau(one, other).statistic, abs=1e-9)
        assert spearman(one, other) == pytest.approx(spearmanr(one, other).statistic, abs=1e-9)


def test_a_whole_county_is_ranked_exactly() -> None:
    rng = np.random.default_rng(4)
    one = rng.integers(-50, 250, 107_000).astype(np.float64)
    other = -one + rng.normal(0, 60, 107_000)
    assert kendall(one, other) == pytest.approx(kendalltau(one, other).statistic, abs=1e-9)
    assert math.isnan(kendall(np.zeros(0), np.zeros(0)))
    assert math.isnan(spearman(np.zeros(0), np.zeros(0)))
