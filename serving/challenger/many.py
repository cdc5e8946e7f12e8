"""What the model says of many rows, block by block."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from feature_store.vector import Matrix
from scoring.errors import LushiError
from scoring.metrics.arrays import probability
from serving.challenger.arithmetic import Unsound, numbers, outside
from serving.challenger.load import Challenger

BLOCK = 4_096
"""Rows that the model is asked about at once: the memory needed beside the result stays small."""
Progress = Callable[[str], None]


class OpinionsUnsound(LushiError):
    """The model's numbers do not hold together for at least one household."""

    def __init__(self, unsound: Unsound, version: str) -> None:
        what = {
            "not_finite": "are not finite",
            "not_additive": "do not add up to its own margin within 1e-9 log-odds",
        }[unsound.reason]
        super().__init__(
            f"the contributions of model version {version} {what} for at least one household, so nothing was written; "
            "let another version advise (`lushi rollback` or `lushi promote`)"
        )


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """What the model says of many rows.

    base, pd: (n_rows,). band: from 0, the safest, int16 (n_rows,). outside: how many of a row's values lie outside
    the range seen at training, int32 (n_rows,). contributions: calibrated log-odds, (n_features, n_rows).
    """

    base: NDArray[np.float64]
    pd: NDArray[np.float64]
    band: NDArray[np.int16]
    outside: NDArray[np.int32]
    contributions: NDArray[np.float64]


def chances(challenger: Challenger, matrix: Matrix) -> NDArray[np.float64]:
    """The PD of every row alone, without contributions: many times faster than :func:`ask_all`; (n_rows,)."""
    about, found = challenger.about, np.empty(len(matrix))
    for start in range(0, len(matrix), BLOCK):
        block = slice(start, start + BLOCK)
        margin = np.asarray(challenger.booster.predict(matrix[block], raw_score=True, num_threads=1), np.float64)
        found[block] = probability(about.intercept + about.slope * margin)
    return found


def ask_all(challenger: Challenger, matrix: Matrix, progress: Progress = lambda _: None) -> Said:
    """Ask about every row, block by block on one thread. matrix: (n_rows, n_features), NaN where missing.

    Raises:
        OpinionsUnsound: where one row's contributions are not finite or do not add up.
    """
    total = len(matrix)
    said = Said(
        base=np.empty(total),
        pd=np.empty(total),
        band=np.empty(total, np.int16),
        outside=np.empty(total, np.int32),
        contributions=np.empty((len(challenger.about.features), total)),
    )
    for start in range(0, total, BLOCK):
        progress(f"asking the model: {start:,} of {total:,} households")
        block = slice(start, start + BLOCK)
        try:
            found = numbers(challenger, matrix[block])
        except Unsound as unsound:
            raise OpinionsUnsound(unsound, challenger.model.version) from None
        said.base[block], said.pd[block], said.band[block] = found.base, found.pd, found.band
        said.contributions[:, block] = found.contributions.T
        said.outside[block] = outside(challenger.about, matrix[block]).sum(axis=1)
    return said
