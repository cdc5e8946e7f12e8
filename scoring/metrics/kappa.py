"""Cohen's kappa: how far two classifications of the same rows agree beyond chance.

Cohen (1960), "A coefficient of agreement for nominal scales", and (1968), "Weighted kappa": 1 is full agreement,
0 what two unrelated classifications of the same margins reach, below 0 they disagree. Ordered classes (grade and PD
band) are weighted: a neighbour is half agreed. The standard error is that of Fleiss, Cohen and Everitt (1969),
"Large sample standard errors of kappa and weighted kappa".
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from scoring.metrics.arrays import FloatArray, IntArray
from scoring.metrics.estimate import Measure

Weighting = Literal["none", "linear", "quadratic"]
_NAN = float("nan")


def kappa(one: IntArray, other: IntArray, *, classes: int, weighting: Weighting = "none") -> Measure:
    """Kappa of two codes 0 to ``classes - 1`` of each row, (n,); see :func:`kappa_of`."""
    table = np.bincount(one * classes + other, minlength=classes * classes).reshape(classes, classes)
    return kappa_of(table.astype(np.int64), weighting=weighting)


def kappa_of(table: IntArray, *, weighting: Weighting = "none") -> Measure:
    """Kappa of a table of counts (classes, classes), with its standard error.

    NaN without rows, or where chance alone agrees fully (both sides put every row into the same class).
    """
    rows = float(table.sum())
    if not rows:
        return Measure(_NAN, _NAN)
    share, agreed = table / rows, _agreed(len(table), weighting)
    down, across = share.sum(axis=1), share.sum(axis=0)
    seen, chance = float((agreed * share).sum()), float(down @ agreed @ across)
    if 1 - chance < 1e-12:
        return Measure(_NAN, _NAN)
    rest = 1 - chance
    mean = (agreed @ across)[:, None] + (agreed.T @ down)[None, :]
    spread = float((share * (agreed * rest - mean * (1 - seen)) ** 2).sum()) - (seen * chance - 2 * chance + seen) ** 2
    return Measure((seen - chance) / rest, math.sqrt(max(spread, 0.0) / rows) / rest**2)


def _agreed(classes: int, weighting: Weighting) -> FloatArray:
    """How far each pair of classes agrees, 0-1."""
    apart = np.abs(np.subtract.outer(np.arange(classes), np.arange(classes))) / max(classes - 1, 1)
    weights: dict[Weighting, FloatArray] = {
        "none": (apart == 0).astype(np.float64),
        "linear": 1 - apart,
        "quadratic": 1 - apart**2,
    }
    return weights[weighting]
