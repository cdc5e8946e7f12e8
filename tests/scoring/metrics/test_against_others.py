"""Our statistics against scikit-learn, scipy and first principles, weighted and not."""

from __future__ import annotations

import numpy as np
import pandas
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta, ks_2samp
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score
from sklearn.metrics import log_loss as their_log_loss

from scoring.metrics import calibration, psi, swap_set
from scoring.metrics.arrays import FloatArray, log_odds, probability
from scoring.metrics.brier import brier
from scoring.metrics.gini import auc, gini
from scoring.metrics.h_measure import h_measure
from scoring.metrics.ks import ks
from scoring.metrics.log_loss import log_loss
from scoring.metrics.roc import rank, roc

SEEDS = st.integers(0, 10_000)


def _drawn(seed: int, rows: int = 300, *, decimals: int = 2) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Scores with ties, outcomes that follow them somewhat, whole weights."""
    rng = np.random.default_rng(seed)
    score = np.round(rng.normal(size=rows), decimals)
    bad = (rng.random(rows) < probability(score - 1)).astype(np.float64)
    bad[:2] = 0.0, 1.0
    return score, bad, rng.integers(1, 4, rows).astype(np.float64)


@given(SEEDS)
@settings(max_examples=30, deadline=None)
def test_auc_ks_brier_and_log_loss_are_those_of_the_libraries(seed: int) -> None:
    score, bad, weight = _drawn(seed, decimals=1)
    chance = probability(score)
    assert float(auc(score, bad)) == pytest.approx(roc_auc_score(bad, score), abs=1e-12)
    assert float(auc(score, bad, weights=weight)) == pytest.approx(
        roc_auc_score(bad, score, sample_weight=weight), abs=1e-12
    )
    assert float(gini(score, bad)) == pytest.approx(2 * roc_auc_score(bad, score) - 1, abs=1e-12)
    theirs = ks_2samp(score[bad == 0], score[bad == 1], alternative="greater", method="asymp").statistic
    assert float(ks(score, bad)) == pytest.approx(theirs, abs=1e-12)
    assert float(brier(chance, bad, weights=weight)) == pytest.approx(
        brier_score_loss(bad, chance, sample_weight=weight)
    )
    assert float(log_loss(chance, bad, weights=weight)) == pytest.approx(
        their_log_loss(bad, chance, sample_weight=weight)
    )


def test_a_thousand_inputs_agree_to_nine_decimals() -> None:
    rng = np.random.default_rng(9)
    for seed, rows in enumerate(rng.integers(10, 120, 1_000).tolist()):
        score, bad, _ = _drawn(seed, rows, decimals=int(rng.integers(0, 8)))
        chance = probability(score)
        assert float(auc(score, bad)) == pytest.approx(roc_auc_score(bad, score), abs=1e-9)
        theirs = ks_2samp(score[bad == 0], score[bad == 1], alternative="greater", method="asymp").statistic
        assert float(ks(score, bad)) == pytest.approx(theirs, abs=1e-9)
        assert float(brier(chance, bad)) == pytest.approx(brier_score_loss(bad, chance), abs=1e-9)
        assert float(log_loss(chance, bad)) == pytest.approx(their_log_loss(bad, chance), abs=1e-9)
        edges = np.unique(np.quantile(chance, np.linspace(0, 1, 11)[1:-1]))
        bins = pandas.cut(chance, [-np.inf, *edges, np.inf], right=False)
        by_bin = pandas.DataFrame({"said": chance, "real": bad}).groupby(bins, observed=True)
        curve = by_bin.mean().assign(rows=by_bin.size())
        theirs = ((curve["said"] - curve["real"]).abs() * curve["rows"]).sum() / rows
        assert float(calibration.ece(chance, bad)) == pytest.approx(theirs, abs=1e-9)


@given(SEEDS)
@settings(max_examples=20, deadline=None)
def test_a_weight_is_as_many_rows(seed: int) -> None:
    score, bad, weight = _drawn(seed)
    chance = probability(score)
    times = weight.astype(int)
    long_score, long_chance, long_bad = (np.repeat(it, times) for it in (score, chance, bad))
    for statistic in (auc, ks):
        assert float(statistic(score, bad, weights=weight)) == pytest.approx(float(statistic(long_score, long_bad)))
    for statistic in (brier, log_loss, calibration.in_the_large, calibration.slope):
        assert float(statistic(chance, bad, weights=weight)) == pytest.approx(
            float(statistic(long_chance, long_bad)), abs=1e-6
        )


@given(SEEDS)
@settings(max_examples=20, deadline=None)
def test_many_weightings_at_once_are_each_by_itself(seed: int) -> None:
    score, bad, _ = _drawn(seed)
    chance = probability(score)
    many = np.random.default_rng(seed).integers(0, 3, (5, len(score))).astype(np.float64)
    for statistic in (brier, log_loss, calibration.ece, calibration.in_the_large, calibration.slope):
        together = statistic(chance, bad, weights=many)
        np.testing.assert_allclose(together, [float(statistic(chance, bad, weights=it)) for it in many], atol=1e-6)
    for statistic in (auc, ks, h_measure):
        together = statistic(score, bad, weights=many)
        np.testing.assert_allclose(together, [float(statistic(score, bad, weights=it)) for it in many], atol=1e-12)


def test_slope_and_shift_are_those_of_an_unpenalised_regression() -> None:
    score, bad, _ = _drawn(1, 4000)
    chance = probability(score)
    fitted = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000).fit(score[:, None], bad)
    assert float(calibration.slope(chance, bad)) == pytest.approx(float(fitted.coef_[0, 0]), abs=1e-4)
    shift = float(calibration.in_the_large(chance, bad))
    assert probability(score + shift).mean() == pytest.approx(bad.mean(), abs=1e-9)


def test_calibration_knows_timid_extreme_and_shifted_pds() -> None:
    rng = np.random.default_rng(2)
    odds = rng.normal(-1, 1.5, 60_000)
    bad = (rng.random(60_000) < probability(odds)).astype(np.float64)
    assert float(calibration.slope(probability(odds), bad)) == pytest.approx(1, abs=0.03)
    assert float(calibration.slope(probability(2 * odds), bad)) == pytest.approx(0.5, abs=0.02)
    assert float(calibration.slope(probability(odds / 2), bad)) == pytest.approx(2, abs=0.06)
    assert float(calibration.in_the_large(probability(odds - 0.4), bad)) == pytest.approx(0.4, abs=0.03)
    assert float(calibration.ece(probability(odds), bad)) < 0.01
    assert float(calibration.ece(probability(odds) / 2, bad)) == pytest.approx(bad.mean() / 2, abs=0.01)


@given(SEEDS)
@settings(max_examples=15, deadline=None)
def test_the_h_measure_is_that_of_its_definition(seed: int) -> None:
    score, bad, _ = _drawn(seed, 200, decimals=1)
    assert float(h_measure(score, bad)) == pytest.approx(_h_exactly(score, bad), abs=2e-3)


def _h_exactly(score: FloatArray, bad: FloatArray) -> float:
    """Expected least loss over all thresholds, costs drawn from the beta itself on a fine grid."""
    share = bad.mean()
    costs = (np.arange(20_000) + 0.5) / 20_000
    weights = beta(1 + (1 - share), 1 + share).pdf(costs)
    curve = roc(rank(score), bad)
    passed, refused = 1 - curve.bad / curve.bad[-1], curve.good / curve.good[-1]
    loss = (np.outer(costs * share, passed) + np.outer((1 - costs) * (1 - share), refused)).min(axis=1)
    trivial = np.minimum(costs * share, (1 - costs) * (1 - share))
    return float(1 - (weights * loss).sum() / (weights * trivial).sum())


def test_the_h_measure_is_one_for_a_perfect_and_none_for_a_useless_score() -> None:
    bad = np.array([0.0] * 80 + [1.0] * 20)
    assert float(h_measure(bad, bad)) == pytest.approx(1, abs=1e-12)
    assert float(h_measure(np.zeros(100), bad)) == pytest.approx(0, abs=1e-12)


def test_what_cannot_be_had_is_not_a_number() -> None:
    score, chance = np.array([1.0, 2.0]), np.array([0.2, 0.3])
    for bad in (np.zeros(2), np.ones(2)):
        for statistic in (auc, ks, h_measure):
            assert np.isnan(float(statistic(score, bad)))
        for statistic in (calibration.in_the_large, calibration.slope):
            assert np.isnan(float(statistic(chance, bad)))
    empty = np.zeros(0)
    assert np.isnan(float(auc(empty, empty)))
    assert np.isnan(float(brier(empty, empty)))


def test_psi_of_a_worked_example() -> None:
    then, now = np.array([0.5, 0.3, 0.2]), np.array([0.4, 0.3, 0.3])
    assert psi.psi(then, now) == pytest.approx(-0.1 * np.log(0.8) + 0.1 * np.log(1.5))
    assert psi.psi(then, then) == 0


def test_psi_counts_missing_values_and_new_ones() -> None:
    rng = np.random.default_rng(3)
    then = rng.normal(size=20_000)
    assert psi.psi_of(then, rng.normal(size=20_000)) < 0.01
    assert psi.psi_of(then, then + 1) > 0.25
    holes = np.where(rng.random(20_000) < 0.4, np.nan, then)
    assert psi.psi_of(then, holes) > 0.25
    assert psi.psi_of(np.full(10, np.nan), np.full(10, np.nan)) == 0
    assert psi.shares_of(then, psi.edges_of(then))[:-1] == pytest.approx(np.full(10, 0.1))


def test_a_swap_set_counts_every_row_once() -> None:
    new, old = np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.0, 3.0, 2.0, 4.0])
    bad = np.array([0.0, 0.0, 1.0, 1.0])
    found = swap_set.swap_set(new, old, bad, accept_rate=0.5)
    assert (found.both, found.swapped_in, found.swapped_out, found.neither) == ((1, 0), (1, 0), (1, 1), (1, 1))


@given(SEEDS, st.floats(0.05, 0.95))
@settings(max_examples=30, deadline=None)
def test_both_scores_accept_as_many(seed: int, rate: float) -> None:
    new, bad, old = _drawn(seed)
    found = swap_set.swap_set(new, old, bad, accept_rate=rate)
    assert found.swapped_in[0] == found.swapped_out[0]
    assert found.both[0] + found.swapped_in[0] == round(rate * len(bad))
    everyone = (found.both, found.swapped_in, found.swapped_out, found.neither)
    assert sum(rows for rows, _ in everyone) == len(bad)
    assert sum(bads for _, bads in everyone) == bad.sum()


def test_log_odds_and_probability_undo_each_other_at_both_ends() -> None:
    odds = np.array([-700.0, -30.0, 0.0, 30.0])
    np.testing.assert_allclose(log_odds(probability(odds[1:3])), odds[1:3], atol=1e-9)
    assert (probability(np.array([-800.0, 800.0])) == [0.0, 1.0]).all()
