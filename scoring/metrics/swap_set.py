"""Swap set: who passes under one score and not under the other at the same accept rate, and how they fared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.metrics.arrays import BoolArray, FloatArray
from scoring.metrics.estimate import Estimate
from scoring.metrics.wilson import share_of


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


@dataclass(frozen=True, slots=True)
class Fared:
    """What became of some rows.

    rows: all. tested: those whose outcome is known, bads of them bad; bad_rate with its Wilson interval (NaN, 0 and 1
    where none is tested). untested: too young, never lent to, or in between.
    """

    rows: int
    tested: int
    bads: int
    untested: int
    bad_rate: Estimate


@dataclass(frozen=True, slots=True)
class SwapOutcomes:
    """How those fared whom both accept, only the new rule, only the old one, neither."""

    both: Fared
    swapped_in: Fared
    swapped_out: Fared
    neither: Fared


def fared(outcome: FloatArray) -> Fared:
    """The rows of one group. outcome: 1 bad, 0 good, NaN not known, (n,)."""
    known = outcome[~np.isnan(outcome)]
    bads = int(known.sum())
    return Fared(len(outcome), len(known), bads, len(outcome) - len(known), share_of(bads, len(known)))


def swap_outcomes(by_new: BoolArray, by_old: BoolArray, outcome: FloatArray) -> SwapOutcomes:
    """What a new rule changes against the old one. by_new, by_old: accepted, (n,), as :func:`accepted` or a rule says.

    Rows swapped in were mostly never lent to, so the tested ones among them are those another path let through.
    """
    return SwapOutcomes(
        both=fared(outcome[by_new & by_old]),
        swapped_in=fared(outcome[by_new & ~by_old]),
        swapped_out=fared(outcome[~by_new & by_old]),
        neither=fared(outcome[~by_new & ~by_old]),
    )
