"""The leakage alarm: a feature that knows too much, or that can only be known afterwards."""

from __future__ import annotations

import re

import numpy as np

from scoring.metrics.arrays import FloatArray
from scoring.metrics.gini import auc
from training.table import Feature, Table

AFTERWARDS = re.compile(
    r"(?:^|_)(?:outcome|charged?_?off|written_?off|write_?off|recovery|recovered|closed_?(?:on|at|date)|final_status"
    r"|post_default)(?:_|$)",
    re.IGNORECASE,
)
"""Names of things that come to be only after the outcome."""
LEAST_TWINS = 10
_NOTHING = -1.7976931348623157e308


def alone(train: Table) -> dict[str, float]:
    """AUC of each feature alone on the training rows, in its better direction: 0.5 to 1."""
    return {it.name: _alone(it, train.matrix[:, place], train.target) for place, it in enumerate(train.features)}


def copied(train: Table, test: Table) -> float:
    """How far the outcomes of training rows with the very same features tell those of judged rows: -1 to 1.

    The share of bads among the twins of bad rows less that among the twins of good ones. Rows that only happen
    to be alike differ in their fate, and give about 0; rows that were copied give 1. 0 where fewer than
    ``LEAST_TWINS`` bad or good rows have twins.
    """
    both = np.vstack([train.matrix, test.matrix])
    place = np.unique(np.nan_to_num(both, nan=_NOTHING), axis=0, return_inverse=True)[1].ravel()
    ours, theirs = place[len(train) :], place[: len(train)]
    size = int(place.max()) + 1
    rows, bads = np.bincount(theirs, minlength=size), np.bincount(theirs, train.target, minlength=size)
    twins = rows[ours] > 0
    share = bads[ours][twins] / rows[ours][twins]
    bad = test.target[twins] > 0
    if min(bad.sum(), (~bad).sum()) < LEAST_TWINS:
        return 0.0
    return float(share[bad].mean() - share[~bad].mean())


def known_afterwards(features: tuple[Feature, ...]) -> tuple[str, ...]:
    """Features that are declared, or by their name look, to exist only after the fact."""
    return tuple(it.name for it in features if it.known == "after" or AFTERWARDS.search(it.name))


def _alone(feature: Feature, values: FloatArray, bad: FloatArray) -> float:
    missing = np.isnan(values)
    if feature.dtype == "category":
        place = np.where(missing, -1, values).astype(np.int64) + 1
        rows = np.bincount(place)
        ranks = np.bincount(place, bad) / np.maximum(rows, 1)
        found = [ranks[place]]
    elif missing.any():  # missing may itself be what tells
        low, high = np.nanmin(values, initial=0) - 1, np.nanmax(values, initial=0) + 1
        found = [np.where(missing, low, values), np.where(missing, high, values)]
    else:
        found = [values]
    areas = [float(auc(it, bad)) for it in found]
    return max((max(it, 1 - it) for it in areas if not np.isnan(it)), default=0.5)
