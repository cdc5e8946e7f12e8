"""The booster of one training window: the candidate that says most of rows that it did not see.

With many bads a tenth of the window is held out to find the number of rounds and the calibration. With few,
a tenth would be noise: then the window is cross-fitted, and the booster kept learns from all of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import lightgbm
import numpy as np

from scoring.metrics.arrays import BoolArray, FloatArray, IntArray, probability
from scoring.metrics.log_loss import log_loss
from training.boost import cross_fit, held_out
from training.parameters import Parameters
from training.split import inner
from training.table import Table

ENOUGH_BADS = 200
"""With fewer bads held out, the window is cross-fitted instead."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A booster, and what was said of rows that it, or its twin of a fold, did not see.

    held: those rows of the training window (n,). parts: cross-fitting part of each row (n,).
    margins: raw log-odds on the held rows. tried: log-loss of every candidate on them.
    """

    booster: lightgbm.Booster
    parameters: Parameters
    held: BoolArray
    parts: IntArray
    margins: FloatArray
    rounds: int
    tried: tuple[float, ...]


def fit(table: Table, tries: Sequence[Parameters], *, seed: int) -> Fitted:
    """Fit every candidate inside this window and keep the one with the least log-loss."""
    held, parts = inner(table.groups, table.target, seed=seed)
    if min(table.target[held].sum(), (1 - table.target[held]).sum()) < ENOUGH_BADS:
        held = np.ones(len(table), np.bool_)
        found = [cross_fit(table, parts, it, seed=seed) for it in tries]
    else:
        found = [held_out(table, held, it, seed=seed) for it in tries]
    losses = tuple(float(log_loss(probability(it.margins), table.target[held])) for it in found)
    best = int(np.argmin(losses))
    booster = found[best].booster
    return Fitted(booster, tries[best], held, parts, found[best].margins, int(booster.current_iteration()), losses)
