"""Expected performance from PDs: against all pairs one by one, against drawn outcomes, and where it is blind."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import bernoulli, entropy
from sklearn.metrics import roc_auc_score

from scoring.metrics import cbpe
from scoring.metrics.arrays import FloatArray, probability
from scoring.metrics.brier import brier
from scoring.metrics.estimate import Measure
from scoring.metrics.gini import auc
from scoring.metrics.log_loss import log_loss

REPEATED = 4_000


def _by_pairs(score: FloatArray, chance: FloatArray) -> float:
    weight = np.outer(chance, 1 - chance)
    np.fill_diagonal(weight, 0)
    right = (score[:, None] > score) + 0.5 * (score[:, None] == score)
    return float((weight * right).sum() / weight.sum())


def test_expectations_are_those_of_the_definitions() -> None:
    rng = np.random.default_rng(1)
    for _ in range(1_000):
        rows = int(rng.integers(2, 60))
        chance = rng.uniform(0.001, 0.999, rows)
        score = np.round(rng.normal(size=rows) + chance, 1)
        assert cbpe.expected_auc(score, chance).value == pytest.approx(_by_pairs(score, chance), abs=1e-9)
        rate = cbpe.expected_bad_rate(chance)
        outcome = bernoulli(chance)
        assert rate.value == pytest.approx(outcome.mean().mean(), abs=1e-9)
        assert rate.error == pytest.approx(math.sqrt(outcome.var().sum()) / rows, abs=1e-9)
        assert cbpe.expected_brier(chance).value == pytest.approx(outcome.var().mean(), abs=1e-9)
        theirs = entropy(np.array([chance, 1 - chance])).mean()
        assert cbpe.expected_log_loss(chance).value == pytest.approx(theirs, abs=1e-9)


def test_with_each_row_doubled_the_expected_auc_is_a_weighted_one() -> None:
    # scikit-learn knows no chances; a row as bad with weight p and good with weight 1 - p also pairs with itself
    rng = np.random.default_rng(2)
    for _ in range(300):
        chance = rng.uniform(0.01, 0.6, 40)
        score = np.round(chance + rng.normal(0, 0.1, 40), 1)
        theirs = roc_auc_score(
            np.repeat([1, 0], 40), np.tile(score, 2), sample_weight=np.concatenate([chance, 1 - chance])
        )
        own, every = chance @ (1 - chance), chance.sum() * (1 - chance).sum()
        ours = (theirs * every - own / 2) / (every - own)
        assert cbpe.expected_auc(score, chance).value == pytest.approx(ours, abs=1e-9)


def test_drawn_outcomes_lie_about_the_expectation_as_far_as_it_says() -> None:
    rng = np.random.default_rng(3)
    chance = probability(rng.normal(-2, 1, 600))
    score = chance + rng.normal(0, 0.02, 600).round(2)
    drawn = (rng.random((REPEATED, 600)) < chance).astype(np.float64)
    realised = {
        "auc": (cbpe.expected_auc(score, chance), np.array([float(auc(score, it)) for it in drawn])),
        "rate": (cbpe.expected_bad_rate(chance), drawn.mean(axis=1)),
        "brier": (cbpe.expected_brier(chance), np.array([float(brier(chance, it)) for it in drawn])),
        "loss": (cbpe.expected_log_loss(chance), np.array([float(log_loss(chance, it)) for it in drawn])),
    }
    for expected, values in realised.values():
        assert expected.value == pytest.approx(values.mean(), abs=4 * values.std() / math.sqrt(REPEATED) + 2e-4)
        assert expected.error == pytest.approx(values.std(), rel=0.05)
        ends = expected.estimate()
        assert np.mean((ends.low <= values) & (values <= ends.high)) == pytest.approx(0.95, abs=0.02)


def test_it_is_blind_to_a_change_in_why_people_default() -> None:
    rng = np.random.default_rng(4)
    odds = rng.normal(-2, 1.2, 20_000)
    chance = probability(odds)
    as_before = (rng.random(20_000) < chance).astype(np.float64)
    otherwise = (rng.random(20_000) < probability(-1.5 + 0.2 * odds)).astype(np.float64)
    expected = cbpe.expected_auc(chance, chance)
    assert float(auc(chance, as_before)) == pytest.approx(expected.value, abs=3 * expected.error)
    assert float(auc(chance, otherwise)) < expected.value - 10 * expected.error


def test_what_cannot_be_had_is_not_a_number() -> None:
    empty, one = np.zeros(0), np.array([0.3])
    for found in (cbpe.expected_auc(empty, empty), cbpe.expected_bad_rate(empty), cbpe.expected_auc(one, one)):
        assert math.isnan(found.value)
    flat = cbpe.expected_auc(np.zeros(9), np.full(9, 0.3))
    assert flat == Measure(pytest.approx(0.5), pytest.approx(0.0))
