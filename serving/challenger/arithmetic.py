"""A model's numbers: contributions in calibrated log-odds, what they add up to, PD, band.

One household and a whole county go through the same steps, so their numbers are the same digit for digit.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from feature_store.vector import Matrix
from serving.challenger.about import About
from serving.challenger.load import Challenger

ADDITIVE = 1e-9
"""Most by which base value and contributions may miss the model's margin, in log-odds."""


class Unsound(Exception):
    """The model's numbers do not hold together; ``reason`` is the word recorded with a decision."""

    def __init__(self, reason: Literal["not_finite", "not_additive"]) -> None:
        self.reason: Literal["not_finite", "not_additive"] = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """What a model says of some rows; lists hold one number a row.

    raw: LightGBM's contributions before calibration, (n_rows, n_features). contributions: in calibrated
    log-odds, (n_rows, n_features). log_odds: base + sum of a row's contributions. error: how far that lies
    from the model's own margin. pd: 0-1. band: from 0, the safest, among the bands of PD held out at training.
    """

    raw: NDArray[np.float64]
    contributions: NDArray[np.float64]
    base: list[float]
    log_odds: list[float]
    error: list[float]
    pd: list[float]
    band: list[int]


def numbers(challenger: Challenger, matrix: Matrix) -> Numbers:
    """Ask the model on this thread alone. matrix: (n_rows, n_features), NaN where missing.

    Raises:
        Unsound: where any row's numbers are not finite, or miss the margin by more than :data:`ADDITIVE`.
    """
    about, booster = challenger.about, challenger.booster
    found = np.asarray(booster.predict(matrix, pred_contrib=True, num_threads=1), np.float64)
    margins = np.asarray(booster.predict(matrix, raw_score=True, num_threads=1), np.float64).tolist()
    if not np.isfinite(found).all():
        raise Unsound("not_finite")
    contributions = about.slope * found[:, :-1]
    base = [about.intercept + about.slope * it for it in found[:, -1].tolist()]
    try:
        log_odds = [least + math.fsum(row) for least, row in zip(base, contributions.tolist(), strict=True)]
    except (OverflowError, ValueError):  # of numbers too large to be added, or infinite once calibrated
        raise Unsound("not_finite") from None
    error = [
        abs(said - (about.intercept + about.slope * margin)) for said, margin in zip(log_odds, margins, strict=True)
    ]
    if not all(map(math.isfinite, error)):
        raise Unsound("not_finite")
    if max(error, default=0.0) > ADDITIVE:
        raise Unsound("not_additive")
    pd = [_sigmoid(it) for it in log_odds]
    band = [bisect_left(about.pd_edges, it) for it in pd]
    return Numbers(found[:, :-1], contributions, base, log_odds, error, pd, band)


def pd_alone(challenger: Challenger, matrix: Matrix) -> NDArray[np.float64]:
    """PD without contributions, (n_rows,), where only groups are spoken of: within :data:`ADDITIVE` log-odds of :func:`numbers`.

    Raises:
        Unsound: where a margin is not finite.
    """
    about = challenger.about
    margins = np.asarray(challenger.booster.predict(matrix, raw_score=True, num_threads=1), np.float64)
    if not np.isfinite(margins).all():
        raise Unsound("not_finite")
    return np.array([_sigmoid(about.intercept + about.slope * it) for it in margins.tolist()], np.float64)


def outside(about: About, matrix: Matrix) -> NDArray[np.bool_]:
    """Which values lie outside the range seen at training, (n_rows, n_features); a missing one does not."""
    found: NDArray[np.bool_] = (matrix < about.low) | (matrix > about.high)
    return found


def _sigmoid(log_odds: float) -> float:
    if log_odds >= 0:
        return 1 / (1 + math.exp(-log_odds))
    odds = math.exp(log_odds)
    return odds / (1 + odds)
