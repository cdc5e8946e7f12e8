"""Each step by itself: splits, calibration, weights of evidence, intervals, verdicts, parameters."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import log_loss as their_log_loss
from sklearn.metrics import roc_auc_score

from scoring.metrics.arrays import log_odds, probability
from scoring.metrics.estimate import Estimate
from tests.training import tables
from training.boost import raw
from training.calibrate import calibrate
from training.compare import in_words
from training.faults import TableFaults
from training.fit import fit
from training.intervals import draws, estimates
from training.parameters import PARAMETERS, candidates, scaled
from training.pipeline import train
from training.plan import Plan
from training.spec import Folds, TrainBefore
from training.split import inner, splits
from training.woe import fit_woe


@given(st.integers(0, 10_000), st.integers(2, 8))
@settings(max_examples=40, deadline=None)
def test_no_group_stands_on_both_sides(seed: int, folds: int) -> None:
    table = tables.table(400, seed=seed)
    for split in (*splits(table, Folds(folds, seed)), *splits(table, TrainBefore(date(2019, 6, 1)))):
        assert not set(table.groups[split.train]) & set(table.groups[split.test])
    held, parts = inner(table.groups, table.target, seed=seed)
    assert not set(table.groups[held]) & set(table.groups[~held])
    assert all(len(np.unique(parts[table.groups == it])) == 1 for it in np.unique(table.groups)[:20])


def test_every_row_is_judged_once_by_folds() -> None:
    table = tables.table(1000)
    rows = np.concatenate([it.test for it in splits(table, Folds(5, 1))])
    assert np.array_equal(np.sort(rows), np.arange(1000))


def test_a_split_with_an_empty_side_is_a_fault() -> None:
    with pytest.raises(TableFaults, match="judges has no rows"):
        splits(tables.table(200), TrainBefore(date(2030, 1, 1)))
    with pytest.raises(TableFaults, match="trains has no rows"):
        splits(tables.table(200), TrainBefore(date(2000, 1, 1)))
    with pytest.raises(TableFaults, match="5 folds need as many groups, and there are 2"):
        splits(tables.table(4), Folds(5, 1))


def test_calibration_finds_a_known_map_and_leaves_a_right_model_alone() -> None:
    rng = np.random.default_rng(0)
    odds = rng.normal(-1.5, 1, 40_000)
    bad = (rng.random(40_000) < probability(odds)).astype(float)
    parts = np.arange(40_000) % 5
    found = calibrate((odds - 0.7) / 0.6, bad, parts)
    assert found.slope == pytest.approx(0.6, abs=0.03)
    assert found.intercept == pytest.approx(0.7, abs=0.05)
    assert found.loss_with < found.loss_without
    few = calibrate(odds[:60], bad[:60], parts[:60])
    assert not few.used


def test_calibration_that_does_not_help_is_not_used() -> None:
    unused = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        odds = rng.normal(-1.5, 1, 800)
        bad = (rng.random(800) < probability(odds)).astype(float)
        unused += not calibrate(odds, bad, np.arange(800) % 5).used
    assert unused >= 12


def test_weights_of_evidence_keep_the_direction_and_order_well() -> None:
    table = tables.table()
    model = fit_woe(table)
    for place, sign in ((0, 1), (1, -1)):
        assert (np.diff(model.bins[place].weights[:-1]) * sign >= 0).all()
    chance = probability(model.odds(table.matrix))
    assert their_log_loss(table.target, chance) < their_log_loss(table.target, np.full(len(table), table.target.mean()))


def test_an_interval_holds_its_truth_about_as_often_as_it_says() -> None:
    held = 0
    for seed in range(100):
        values = np.random.default_rng(seed).normal(3, 1, 200)

        def mean(weights: np.ndarray | None, values: np.ndarray = values) -> dict[str, np.ndarray]:
            weight = np.ones(200) if weights is None else weights
            return {"mean": (weight @ values) / weight.sum(axis=-1)}

        found = estimates(mean, np.arange(200), seed=seed, count=200)["mean"]
        held += found.low <= 3 <= found.high
    assert 88 <= held <= 99


def test_rows_of_a_group_are_drawn_together() -> None:
    groups = np.array([0, 0, 1, 2, 2, 2])
    for block in draws(groups, seed=1, count=50):
        assert (block[:, 0] == block[:, 1]).all()
        assert (block[:, 3] == block[:, 5]).all()
        assert (block[:, [0, 2, 3]].sum(axis=1) == 3).all()


def test_the_verdict_follows_the_interval() -> None:
    assert in_words(Estimate(0.02, 0.01, 0.03)) == "better"
    assert in_words(Estimate(-0.02, -0.03, -0.01)) == "worse"
    assert in_words(Estimate(0.02, -0.001, 0.04)) == "not significant"
    assert in_words(Estimate(0.02, float("nan"), float("nan"))) == "not significant"


def test_a_search_stays_inside_the_training_window() -> None:
    table = tables.table(3000)
    assert table.dates is not None
    later = table.dates >= np.datetime64(tables.JUDGED_FROM)
    spoiled = tables.shuffled(table)
    target = np.where(later, spoiled.target, table.target)
    from dataclasses import replace

    plan = replace(tables.PLAN, search=3)
    one = train(table, plan, progress=tables.quiet, seed=3)
    other = train(replace(table, target=target), plan, progress=tables.quiet, seed=3)
    assert one.figures["model.tried"] == 4
    assert one.model_sha256 == other.model_sha256


def test_candidates_begin_with_the_base_and_are_the_same_each_time() -> None:
    assert candidates(PARAMETERS, 4, seed=1) == candidates(PARAMETERS, 4, seed=1)
    assert candidates(PARAMETERS, 4, seed=1)[0] == PARAMETERS
    assert scaled(PARAMETERS, 500).min_child_samples == 10
    assert scaled(PARAMETERS, 50_000).min_child_samples == 100


def test_no_folds_leak_a_perfect_memory() -> None:
    """A feature that numbers the group can be remembered, never used, when groups are kept apart."""
    table = tables.shuffled(tables.table(2000))
    remembered = tables.with_column(table, "group_number", table.groups.astype(float))
    found = train(remembered, Plan(Folds(4, 1)), progress=tables.quiet, seed=2)
    assert found.figures["overall.auc"] < 0.56
    assert log_odds(np.array([0.5]))[0] == 0


def test_with_few_bads_every_row_fits_and_none_judges_itself() -> None:
    few = tables.table(1_000)
    found = fit(few, (scaled(PARAMETERS, len(few)),), seed=1)
    assert found.held.all()
    assert len(found.margins) == len(few)
    own = raw(found.booster, few.matrix)
    assert roc_auc_score(few.target, own) > roc_auc_score(few.target, found.margins) + 0.01
    noise = fit(tables.shuffled(few), (scaled(PARAMETERS, len(few)),), seed=1)
    assert roc_auc_score(tables.shuffled(few).target, noise.margins) < 0.56


def test_with_many_bads_a_tenth_of_the_groups_is_held_out() -> None:
    many = tables.table(12_000)
    found = fit(many, (PARAMETERS,), seed=1)
    assert 0.08 < found.held.mean() < 0.12
    assert np.array_equal(found.margins, raw(found.booster, many.matrix[found.held]))
    assert not set(many.groups[found.held]) & set(many.groups[~found.held])
