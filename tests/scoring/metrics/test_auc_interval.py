"""DeLong's interval of AUC against all pairs one by one, scikit-learn, scipy and simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import norm, rankdata
from sklearn.metrics import roc_auc_score

from scoring.metrics.arrays import FloatArray
from scoring.metrics.auc_interval import auc_difference, auc_measure, gini_measure
from scoring.metrics.estimate import apart
from scoring.metrics.ranks import average_ranks

REPEATED = 2_000


def _placed(score: FloatArray, bad: FloatArray) -> tuple[FloatArray, FloatArray]:
    won = (score[bad > 0][:, None] > score[bad == 0]) + 0.5 * (score[bad > 0][:, None] == score[bad == 0])
    return won.mean(axis=1), won.mean(axis=0)


def _drawn(rng: np.random.Generator, rows: int, *, decimals: int = 1) -> tuple[FloatArray, FloatArray, FloatArray]:
    bad = (rng.random(rows) < 0.3).astype(np.float64)
    bad[:4] = 0, 0, 1, 1
    score = np.round(rng.normal(bad, 1), decimals)
    return score, np.round(score + rng.normal(0, 1, rows), decimals), bad


def test_ranks_are_scipys() -> None:
    rng = np.random.default_rng(1)
    for rows in rng.integers(1, 80, 1_000).tolist():
        values = rng.integers(0, 20, rows).astype(np.float64)
        np.testing.assert_allclose(average_ranks(values), rankdata(values), atol=1e-9)


def test_value_and_error_are_those_of_all_pairs() -> None:
    rng = np.random.default_rng(2)
    for rows in rng.integers(10, 90, 1_000).tolist():
        score, other, bad = _drawn(rng, rows)
        (of_bad, of_good), (also_bad, also_good) = _placed(score, bad), _placed(other, bad)
        found = auc_measure(score, bad)
        assert found.value == pytest.approx(roc_auc_score(bad, score), abs=1e-9)
        both = np.cov(of_bad, also_bad) / len(of_bad) + np.cov(of_good, also_good) / len(of_good)
        if both[0, 0] > 1e-12:
            assert found.error == pytest.approx(math.sqrt(both[0, 0]), abs=1e-9)
            assert gini_measure(score, bad).error == pytest.approx(2 * found.error)
        spread = both[0, 0] + both[1, 1] - 2 * both[0, 1]
        moved = auc_difference(score, other, bad)
        assert moved.value == pytest.approx(found.value - roc_auc_score(bad, other), abs=1e-9)
        if spread > 1e-12:
            theirs = 2 * norm.sf(abs(moved.value) / math.sqrt(spread))
            assert moved.p_value == pytest.approx(theirs, abs=1e-9)


def test_the_interval_holds_the_truth_in_95_of_100() -> None:
    rng = np.random.default_rng(3)
    truth = float(norm.cdf(1 / math.sqrt(2)))
    found = [auc_measure(*_drawn(rng, 400, decimals=6)[::2]) for _ in range(REPEATED)]
    ends = [it.estimate(least=0, most=1) for it in found]
    assert np.mean([it.low <= truth <= it.high for it in ends]) == pytest.approx(0.95, abs=0.02)
    halves = [apart(one, other).p_value for one, other in zip(found[::2], found[1::2], strict=True)]
    assert np.mean(np.array(halves) < 0.05) == pytest.approx(0.05, abs=0.02)


def test_two_equally_noisy_scores_differ_by_chance_in_5_of_100() -> None:
    rng = np.random.default_rng(4)
    chances = []
    for _ in range(REPEATED):
        score, _, bad = _drawn(rng, 300)
        one, other = (score + rng.normal(0, 1, 300) for _ in range(2))
        chances.append(auc_difference(one, other, bad).p_value)
    assert np.mean(np.array(chances) < 0.05) == pytest.approx(0.05, abs=0.02)


def test_what_cannot_be_had_is_not_a_number() -> None:
    score = np.array([1.0, 2.0, 3.0, 4.0])
    for bad in (np.zeros(4), np.ones(4)):
        assert math.isnan(auc_measure(score, bad).value)
        assert math.isnan(auc_difference(score, score, bad).p_value)
    parted = auc_measure(score, np.array([0.0, 0.0, 1.0, 1.0]))
    assert parted.value == 1
    assert math.isnan(parted.error)
    assert math.isnan(auc_measure(score, np.array([0.0, 0.0, 1.0, 0.0])).error)
    constant = auc_measure(np.ones(4), np.array([0.0, 0.0, 1.0, 1.0]))
    assert constant.value == 0.5
    assert math.isnan(constant.error)
