"""AUC with its standard error, and the difference of two scores' AUCs on the same rows.

DeLong, DeLong and Clarke-Pearson (1988), "Comparing the areas under two or more correlated receiver operating
characteristic curves: a nonparametric approach", by the ranks of Sun and Xu (2014), "Fast implementation of
DeLong's algorithm": each bad row's share of good rows below it, each good row's share of bad rows above it; the
variances of their means add up. Rows count as independent: a village whose loans go bad together has less to say.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from scoring.metrics.arrays import BoolArray, FloatArray
from scoring.metrics.estimate import Difference, Measure, wald_difference
from scoring.metrics.ranks import average_ranks

_NAN = float("nan")


@dataclass(frozen=True, slots=True)
class _Parts:
    """Of each bad row the share of good ones below, (n_bad,); of each good row the share of bad ones above."""

    of_bad: FloatArray
    of_good: FloatArray


def auc_measure(score: FloatArray, bad: FloatArray) -> Measure:
    """AUC and its standard error.

    The value is NaN without bad or good rows. The error is NaN with fewer than two of either, and where it would
    be 0 (a score that parts bad from good wholly, or not at all): the rows cannot say how sure that is.
    """
    if not 0 < bad.sum() < len(bad):
        return Measure(_NAN, _NAN)
    parts = _parts(score, bad > 0)
    return Measure(float(parts.of_bad.mean()), _error(parts.of_bad, parts.of_good))


def gini_measure(score: FloatArray, bad: FloatArray) -> Measure:
    """Gini = 2 AUC - 1 and its standard error."""
    found = auc_measure(score, bad)
    return Measure(2 * found.value - 1, 2 * found.error)


def auc_difference(score: FloatArray, other: FloatArray, bad: FloatArray) -> Difference:
    """AUC of one score minus that of another on the same rows (paired), interval and p-value; NaN as above."""
    if not 0 < bad.sum() < len(bad):
        return Difference(_NAN, _NAN, _NAN, _NAN)
    ours, theirs = _parts(score, bad > 0), _parts(other, bad > 0)
    of_bad, of_good = ours.of_bad - theirs.of_bad, ours.of_good - theirs.of_good
    return wald_difference(float(of_bad.mean()), _error(of_bad, of_good))


def _parts(score: FloatArray, bad: BoolArray) -> _Parts:
    n_bad, n_good = int(bad.sum()), int((~bad).sum())
    among_all = average_ranks(score)
    of_bad = (among_all[bad] - average_ranks(score[bad])) / n_good
    of_good = 1 - (among_all[~bad] - average_ranks(score[~bad])) / n_bad
    return _Parts(of_bad, of_good)


def _error(of_bad: FloatArray, of_good: FloatArray) -> float:
    if min(len(of_bad), len(of_good)) < 2:
        return _NAN
    spread = float(np.var(of_bad, ddof=1)) / len(of_bad) + float(np.var(of_good, ddof=1)) / len(of_good)
    return math.sqrt(spread) if spread > 1e-20 else _NAN
