"""Fitting one booster on one training window, with an inner hold-out for early stopping.

What the booster learns is a function of matrix, outcomes, groups, parameters and seed alone: one thread
count, row-wise histograms, LightGBM's deterministic mode.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import lightgbm
import numpy as np

from scoring.metrics.arrays import BoolArray, FloatArray, IntArray, probability
from scoring.metrics.log_loss import log_loss
from training.directions import mended
from training.parameters import Parameters
from training.split import inner
from training.table import Feature, Table


@dataclass(frozen=True, slots=True)
class Fitted:
    """A booster, and what its inner hold-out said.

    held: rows of the training window held out (n,). parts: cross-fitting part of each row (n,).
    margins: raw log-odds on the held-out rows. tried: log-loss of every candidate on them.
    """

    booster: lightgbm.Booster
    parameters: Parameters
    held: BoolArray
    parts: IntArray
    margins: FloatArray
    rounds: int
    tried: tuple[float, ...]


def fit(table: Table, tries: Sequence[Parameters], *, seed: int) -> Fitted:
    """Fit every candidate inside this window and keep the one with the least held-out log-loss."""
    held, parts = inner(table.groups, table.target, seed=seed)
    found: list[tuple[float, lightgbm.Booster, Parameters, FloatArray]] = []
    for parameters in tries:
        booster = _boost(table, held, parameters, seed)
        margins = raw(booster, table.matrix[held], threads=parameters.threads)
        loss = float(log_loss(probability(margins), table.target[held]))
        found.append((loss, booster, parameters, margins))
    losses = tuple(loss for loss, *_ in found)
    _, booster, parameters, margins = found[int(np.argmin(losses))]
    return Fitted(booster, parameters, held, parts, margins, int(booster.current_iteration()), losses)


def raw(booster: lightgbm.Booster, matrix: FloatArray, *, threads: int = 1) -> FloatArray:
    """The booster's log-odds (n,), before calibration."""
    return np.asarray(booster.predict(matrix, raw_score=True, num_threads=threads), np.float64)


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


def _boost(table: Table, held: BoolArray, parameters: Parameters, seed: int) -> lightgbm.Booster:
    names = [f"f{place}" for place in range(len(table.features))]  # LightGBM refuses some characters in names
    categories = [place for place, it in enumerate(table.features) if it.dtype == "category"]
    given = lightgbm_parameters(table.features, parameters, seed=seed)
    data = lightgbm.Dataset(
        table.matrix[~held], table.target[~held], feature_name=names, categorical_feature=categories, params=given
    )
    judge = lightgbm.Dataset(table.matrix[held], table.target[held], reference=data, params=given)
    booster = lightgbm.train(
        given,
        data,
        num_boost_round=parameters.most_rounds,
        valid_sets=[judge],
        callbacks=[lightgbm.early_stopping(parameters.patience, verbose=False)],
    )
    # What is written to a file ends at the best round; kept in memory it must be the same model.
    text = booster.model_to_string(num_iteration=max(booster.best_iteration, 1))
    return mended(lightgbm.Booster(model_str=text), table.features)
