"""The receiver operating characteristic: how many bad and good stand at or above each score."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.metrics.arrays import FloatArray, IntArray, weighed


@dataclass(frozen=True, slots=True)
class Ranking:
    """Rows from riskiest to safest: ``order`` (n,), and ``ends`` (t,), the last place of each distinct score."""

    order: IntArray
    ends: IntArray


@dataclass(frozen=True, slots=True)
class Roc:
    """Cumulated weight of bad and of good rows (..., t + 1) from riskiest to safest, beginning with 0."""

    bad: FloatArray
    good: FloatArray


def rank(score: FloatArray) -> Ranking:
    """Sort once, for any number of weightings. Equal scores share one end, so ties are never broken."""
    order = np.argsort(-score, kind="stable")
    ordered = score[order]
    ends = np.flatnonzero(np.append(ordered[1:] != ordered[:-1], True)) if len(score) else np.zeros(0, np.int64)
    return Ranking(order, ends)


def roc(ranking: Ranking, bad: FloatArray, weights: FloatArray | None = None) -> Roc:
    """The curve of one ranking under each weighting."""
    weight = weighed(weights, len(bad))[..., ranking.order]
    is_bad = np.asarray(bad, np.float64)[ranking.order]
    of_bad = np.cumsum(weight * is_bad, axis=-1)[..., ranking.ends]
    of_all = np.cumsum(weight, axis=-1)[..., ranking.ends]
    start = np.zeros((*of_bad.shape[:-1], 1))
    return Roc(np.concatenate([start, of_bad], axis=-1), np.concatenate([start, of_all - of_bad], axis=-1))
