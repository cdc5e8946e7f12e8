"""Who trains and who judges. No group stands on both sides of any split."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.metrics.arrays import BoolArray, FloatArray, IntArray
from training.faults import TableFaults
from training.spec import Folds, Judged
from training.table import Table

INNER_SHARE = 0.1
"""Share of a training window that is held out inside it, for early stopping and calibration."""


@dataclass(frozen=True, slots=True)
class Split:
    """Row numbers that train and that judge, and how many rows were left out to keep groups apart."""

    train: IntArray
    test: IntArray
    left_out: int = 0


def splits(table: Table, judged: Judged) -> tuple[Split, ...]:
    """The splits that a spec asks for; raises :class:`TableFaults` where one side would be empty."""
    if isinstance(judged, Folds):
        if (groups := len(np.unique(table.groups))) < judged.folds:
            raise TableFaults(
                [f"{judged.folds} folds need as many groups, and there are {groups}. Ask for fewer folds."]
            )
        fold = _folds(table.groups, table.target, judged)
        found = tuple(Split(np.flatnonzero(fold != k), np.flatnonzero(fold == k)) for k in range(judged.folds))
    else:
        if table.dates is None:
            raise TableFaults(["The table has no days. Name their column under 'date', or judge by folds."])
        before = table.dates < np.datetime64(judged.on, "D")
        apart = before & ~np.isin(table.groups, table.groups[~before])
        found = (Split(np.flatnonzero(apart), np.flatnonzero(~before), int(before.sum() - apart.sum())),)
    for split in found:
        for side, rows in (("trains", split.train), ("judges", split.test)):
            kinds = len(np.unique(table.target[rows]))
            if kinds < 2:
                what = "has no rows" if not len(rows) else "has only good or only bad rows"
                raise TableFaults([f"The side that {side} {what}. Choose another day, fewer folds or more data."])
    return found


def inner(groups: IntArray, target: FloatArray, *, seed: int) -> tuple[BoolArray, IntArray]:
    """Rows of a training window to hold out (n,), and a part 0-4 of each row for cross-fitting; by group."""
    parts = _folds(groups, target, Folds(20, seed))
    held = parts < round(20 * INNER_SHARE)
    return held, _folds(groups, target, Folds(5, seed + 1))


def _folds(groups: IntArray, target: FloatArray, asked: Folds) -> IntArray:
    """The fold of each row: groups shuffled, then dealt out in turn, those with most bads first so that folds are alike."""
    names, place = np.unique(groups, return_inverse=True)
    bads, sizes = np.bincount(place, target), np.bincount(place)
    shuffled = np.random.default_rng(asked.seed).permutation(len(names))
    dealt = shuffled[np.lexsort((-sizes[shuffled], -bads[shuffled]))]
    fold = np.empty(len(names), np.int64)
    fold[dealt] = np.arange(len(names)) % asked.folds
    return fold[place]
