"""One set of parameters boosted on one training window, the number of rounds found inside it.

What a booster learns is a function of matrix, outcomes, parts, parameters and seed alone: one thread count,
row-wise histograms, LightGBM's deterministic mode.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import lightgbm
import numpy as np

from scoring.metrics.arrays import BoolArray, FloatArray, IntArray
from training.directions import mended
from training.parameters import Parameters
from training.table import Feature, Table


@dataclass(frozen=True, slots=True)
class Boosted:
    """A booster that keeps its promised directions, and log-odds of rows by a booster that did not see them."""

    booster: lightgbm.Booster
    margins: FloatArray


def held_out(table: Table, held: BoolArray, parameters: Parameters, *, seed: int) -> Boosted:
    """Fit the rows that are not ``held`` (n,), stopping by those that are; margins are theirs."""
    given = lightgbm_parameters(table.features, parameters, seed=seed)
    data = _dataset(table, ~held, given)
    judge = lightgbm.Dataset(table.matrix[held], table.target[held], reference=data, params=given)
    stop = lightgbm.early_stopping(parameters.patience, verbose=False)
    booster = lightgbm.train(given, data, parameters.most_rounds, valid_sets=[judge], callbacks=[stop])
    kept = _kept(booster, booster.best_iteration, table.features)
    return Boosted(kept, raw(kept, table.matrix[held], threads=parameters.threads))


def cross_fit(table: Table, parts: IntArray, parameters: Parameters, *, seed: int) -> Boosted:
    """Fit all but one of the ``parts`` (n,) in turn, stop by their mean, then fit every row; margins are of all rows."""
    given = lightgbm_parameters(table.features, parameters, seed=seed)
    names = np.unique(parts)
    folds = [(np.flatnonzero(parts != it), np.flatnonzero(parts == it)) for it in names]
    everything = np.ones(len(table), np.bool_)
    stop = lightgbm.early_stopping(parameters.patience, verbose=False)
    found = lightgbm.cv(
        given,
        _dataset(table, everything, given),
        parameters.most_rounds,
        folds=folds,
        callbacks=[stop],
        return_cvbooster=True,
    )["cvbooster"]
    assert isinstance(found, lightgbm.CVBooster)
    rounds = max(found.best_iteration, 1)
    margins = np.empty(len(table))
    for one, (_, out) in zip(found.boosters, folds, strict=True):
        margins[out] = raw(one, table.matrix[out], threads=parameters.threads, rounds=rounds)
    booster = lightgbm.train(given, _dataset(table, everything, given), rounds)
    return Boosted(_kept(booster, rounds, table.features), margins)


def raw(booster: lightgbm.Booster, matrix: FloatArray, *, threads: int = 1, rounds: int | None = None) -> FloatArray:
    """The booster's log-odds (n,), before calibration; of its first ``rounds`` trees, or of all."""
    given = booster.predict(matrix, raw_score=True, num_threads=threads, num_iteration=rounds)
    return np.asarray(given, np.float64)


def lightgbm_parameters(features: Sequence[Feature], parameters: Parameters, *, seed: int) -> dict[str, object]:
    """The parameters as LightGBM knows them."""
    given: dict[str, object] = {
        "objective": "binary",
        "learning_rate": parameters.learning_rate,
        "num_leaves": parameters.num_leaves,
        "min_child_samples": parameters.min_child_samples,
        "lambda_l2": parameters.lambda_l2,
        "feature_fraction": parameters.feature_fraction,
        "bagging_fraction": parameters.bagging_fraction,
        "bagging_freq": 1,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": parameters.threads,
        "seed": seed,
        "verbosity": -1,
        "feature_pre_filter": False,
    }
    if any(it.monotone for it in features):
        given["monotone_constraints"] = [it.monotone for it in features]
        # What it lets through where values are missing is mended after; "advanced" would leave ten times more.
        given["monotone_constraints_method"] = "intermediate"
    return given


def _dataset(table: Table, rows: BoolArray, given: dict[str, object]) -> lightgbm.Dataset:
    names = [f"f{place}" for place in range(len(table.features))]  # LightGBM refuses some characters in names
    categories = [place for place, it in enumerate(table.features) if it.dtype == "category"]
    return lightgbm.Dataset(
        table.matrix[rows], table.target[rows], feature_name=names, categorical_feature=categories, params=given
    )


def _kept(booster: lightgbm.Booster, rounds: int, features: Sequence[Feature]) -> lightgbm.Booster:
    """What is written to a file ends at the best round; kept in memory it must be the same model."""
    text = booster.model_to_string(num_iteration=max(rounds, 1))
    return mended(lightgbm.Booster(model_str=text), features)
