"""Swap set: who passes under one score and not under the other at the same accept rate, and how they fared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.metrics.arrays import BoolArray, FloatArray


@dataclass(frozen=True, slots=True)
class SwapSet:
    """Rows and bad rows among those accepted by both, swapped in, swapped out, refused by both."""

    both: tuple[int, int]
    swapped_in: tuple[int, int]
    swapped_out: tuple[int, int]
    neither: tuple[int, int]


def accepted(score: FloatArray, accept_rate: float) -> BoolArray:
    """The safest ``accept_rate`` (0-1) of the rows, exactly; equal scores in the order of the rows."""
    taken = np.zeros(len(score), np.bool_)
    taken[np.argsort(score, kind="stable")[: round(accept_rate * len(score))]] = True
    return taken


def swap_set(new: FloatArray, old: FloatArray, bad: FloatArray, *, accept_rate: float) -> SwapSet:
    """What the new score changes against the old one; both score higher for riskier rows."""
    by_new, by_old = accepted(new, accept_rate), accepted(old, accept_rate)

    def count(rows: BoolArray) -> tuple[int, int]:
        return int(rows.sum()), int(bad[rows].sum())

    return SwapSet(count(by_new & by_old), count(by_new & ~by_old), count(~by_new & by_old), count(~by_new & ~by_old))
