"""Negative controls: what must never pass the gate, and that what is sound does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from scoring.metrics.arrays import FloatArray
from tests.training import tables
from training.pipeline import train
from training.plan import Plan
from training.spec import Folds
from training.table import Feature
from training.trained import Trained


def test_a_sound_table_passes_and_beats_the_binding_score(trained: Trained) -> None:
    assert trained.gate.verdict == "promote", trained.gate.reasons
    assert trained.verdicts["binding"] == "better"
    assert trained.figures["overall.auc"] > 0.75


def test_shuffled_outcomes_teach_nothing_and_are_refused() -> None:
    for plan in (tables.PLAN, Plan(Folds(3, 42))):
        found = train(tables.shuffled(tables.table()), plan, progress=tables.quiet, seed=7)
        assert found.figures["overall.auc.low"] <= 0.5 <= found.figures["overall.auc.high"]
        assert found.gate.verdict == "refuse"
        assert "no_better_than_chance" in tables.reasons(found)


def test_a_copy_of_the_outcome_trips_the_leakage_alarm() -> None:
    table = tables.table()
    copied = tables.with_column(table, "innocent", table.target + np.random.default_rng(3).normal(0, 0.3, len(table)))
    found = train(copied, tables.PLAN, progress=tables.quiet, seed=7)
    assert found.gate.verdict == "refuse"
    assert [it.says.en for it in found.gate.reasons if it.id == "leakage" and "'innocent'" in it.says.en]


def test_an_outcome_that_shows_in_what_is_missing_trips_it_too() -> None:
    table = tables.table()
    hidden = tables.with_column(table, "inspected", np.where(table.target > 0, np.nan, 1.0))
    assert "leakage" in tables.reasons(train(hidden, tables.PLAN, progress=tables.quiet, seed=7))


def test_leaks_that_are_weak_one_by_one_and_strong_together_trip_it_too() -> None:
    table, rng = tables.table(), np.random.default_rng(5)
    for number in range(4):
        table = tables.with_column(table, f"innocent {number}", table.target + rng.normal(0, 0.8, len(table)))
    found = train(table, tables.PLAN, progress=tables.quiet, seed=7)
    assert max(value for name, value in found.figures.items() if name.startswith("alone.innocent")) < 0.9
    assert found.figures["overall.auc"] > 0.95
    assert "leakage_together" in tables.reasons(found)


def test_rows_that_stand_on_both_sides_without_a_group_of_their_own_are_found_out() -> None:
    noise = tables.shuffled(tables.table(1000))
    copies = noise.take(np.repeat(np.arange(1000), 3))
    copies = replace(copies, groups=np.arange(3000), ids=np.arange(3000).astype(str))
    plan = Plan(Folds(3, 42))
    found = train(copies, plan, progress=tables.quiet, seed=7)
    assert found.figures["overall.auc.low"] > 0.5  # pure noise, learnt by heart
    assert found.figures["check.copied"] > 0.95
    assert "leakage_copies" in tables.reasons(found)
    told = train(replace(copies, groups=np.repeat(np.arange(1000), 3)), plan, progress=tables.quiet, seed=7)
    assert told.figures["check.copied"] == 0
    assert "leakage_copies" not in tables.reasons(told)


def test_rows_that_only_happen_to_be_alike_are_no_copies() -> None:
    table = tables.table()
    coarse = replace(table, matrix=np.where(np.isnan(table.matrix), np.nan, np.sign(table.matrix)))
    found = train(coarse, Plan(Folds(3, 42)), progress=tables.quiet, seed=7)
    assert 0 < found.figures["check.copied"] < 0.4
    assert "leakage_copies" not in tables.reasons(found)


def test_a_judged_side_of_few_bads_is_refused() -> None:
    table = tables.table()
    assert table.dates is not None
    late = table.dates >= np.datetime64(tables.JUDGED_FROM)
    kept = np.setdiff1d(np.arange(len(table)), np.flatnonzero(late & (table.target > 0))[49:])
    found = train(table.take(kept), tables.PLAN, progress=tables.quiet, seed=7)
    assert found.figures["judged.bads"] == 49
    assert "too_few_bads_judge" in tables.reasons(found)


def test_a_feature_known_only_afterwards_trips_it_by_name_or_by_its_spec() -> None:
    table = tables.table()
    noise = np.random.default_rng(4).normal(size=len(table))
    named = tables.with_column(table, "days_to_charge_off", noise)
    assert "leakage" in tables.reasons(train(named, tables.PLAN, progress=tables.quiet, seed=7))
    late = replace(table, features=(*table.features[:-1], replace(table.features[-1], known="after")))
    assert "leakage" in tables.reasons(train(late, tables.PLAN, progress=tables.quiet, seed=7))


def test_a_break_of_regime_is_refused_for_its_shift_and_its_calibration() -> None:
    found = train(tables.broken_regime(tables.table()), tables.PLAN, progress=tables.quiet, seed=7)
    assert found.gate.verdict == "refuse"
    says = " ".join(it.says.en for it in found.gate.reasons)
    assert "score PSI" in says
    assert "> 0.25" in says
    assert "not calibrated" in says
    assert found.figures["psi.score"] > 0.25
    assert found.figures["psi.feature.debt"] > 0.25


def test_thirty_bads_are_too_few() -> None:
    table = tables.table()
    assert table.dates is not None
    early = table.dates < np.datetime64(tables.JUDGED_FROM)
    bads = np.flatnonzero(early & (table.target > 0))
    kept = np.setdiff1d(np.arange(len(table)), bads[30:])
    found = train(table.take(kept), tables.PLAN, progress=tables.quiet, seed=7)
    assert found.figures["train.bads"] == 30
    assert "too_few_bads" in tables.reasons(found)


def test_a_previous_challenger_that_knows_more_is_not_replaced() -> None:
    table = tables.table()
    assert table.dates is not None
    judged = table.take(np.flatnonzero(table.dates >= np.datetime64(tables.JUDGED_FROM)))

    class Knowing:
        names = ("debt",)

        def odds(self, matrix: FloatArray) -> FloatArray:
            assert np.array_equal(matrix[:, 0], judged.matrix[:, 0])
            return judged.target + np.random.default_rng(5).normal(0, 0.5, len(judged))

    found = train(table, tables.PLAN, progress=tables.quiet, seed=7, previous=Knowing())
    assert found.verdicts["previous"] == "worse"
    assert "worse_than_previous" in tables.reasons(found)


def test_a_previous_challenger_that_reads_other_features_is_not_asked() -> None:
    class Foreign:
        names = ("debt", "a feature of another set")

        def odds(self, matrix: FloatArray) -> FloatArray:
            raise AssertionError

    found = train(tables.table(), tables.PLAN, progress=tables.quiet, seed=7, previous=Foreign())
    assert "previous" not in found.verdicts


def test_a_group_whose_good_repayers_are_turned_away_is_unfair() -> None:
    table = tables.table()
    side = np.where(table.matrix[:, 0] > 0.3, "east", "west")  # risk itself falls apart by side
    found = train(
        replace(table, segments=dict(table.segments) | {"side": side}), tables.PLAN, progress=tables.quiet, seed=7
    )
    assert "unfair" in tables.reasons(found)


def test_neither_trees_nor_calibration_know_anything_of_the_rows_that_judge(trained: Trained) -> None:
    table = tables.table()
    assert table.dates is not None
    late = table.dates >= np.datetime64(tables.JUDGED_FROM)
    matrix = table.matrix.copy()
    matrix[late, :4] = np.random.default_rng(6).normal(9, 5, (int(late.sum()), 4))
    other = replace(table, matrix=matrix, target=np.where(late, 1 - table.target, table.target))
    found = train(other, tables.PLAN, progress=tables.quiet, seed=7)
    assert found.model_sha256 == trained.model_sha256
    assert found.about["calibration"] == trained.about["calibration"]
    assert found.figures["overall.auc"] != trained.figures["overall.auc"]


def test_two_runs_are_the_same_to_the_last_digit(trained: Trained) -> None:
    again = train(tables.table(), tables.PLAN, progress=tables.quiet, seed=7)
    assert again.model_sha256 == trained.model_sha256
    assert again.figures == trained.figures
    assert again.about == trained.about
    other = train(tables.table(), tables.PLAN, progress=tables.quiet, seed=8)
    assert other.model_sha256 != trained.model_sha256


def test_a_feature_has_no_default_direction() -> None:
    assert Feature("x", tables.table().definition).monotone == 0


def test_where_only_one_group_is_large_enough_no_ratio_is_claimed() -> None:
    table = tables.table()
    side = np.where(np.arange(len(table)) % 40 == 0, "few", "many")
    found = train(
        replace(table, segments=dict(table.segments) | {"side": side}), tables.PLAN, progress=tables.quiet, seed=7
    )
    assert "fairness.side.many.accepted" in found.figures
    assert "fairness.side.ratio" not in found.figures
    assert "unfair" not in tables.reasons(found)
