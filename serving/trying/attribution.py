"""For which changed number each household moves: exactly where few changed, one after another where many did.

Exact (at most :data:`MOST_EXACT` steps, every combination of which is a policy): Shapley values, the mean over all orders in
which the steps could be taken of what each adds (Shapley 1953; 2**k evaluations), in whole numbers over k!. In order: the
steps are taken in the order of the files and each move counts for the first step that moves the household (taken back
where a later one undoes it); its limit counts at each step that changes it. Either way the
shares of a household's move add up to that move, and those of its limit to the change of its limit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import factorial
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from scoring.policy.schema import Policy
from serving.trying.movement import Movement, Ranks, movement
from serving.trying.outcomes import Book, Judged, judge
from serving.trying.seen import Seen
from serving.trying.steps import Between, in_order

MOST_EXACT = 8
Method = Literal["exact", "in_order"]


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """What one step does, or several that are a policy only together.

    steps: positions in ``Between.steps``. moved, graded: households whose outcome, and whose grade or status, it moves;
    yuan in fen; each as whole numbers over ``Attribution.denominator``, summed over all who move. here: everybody's move
    at this step (in order), or were it the only change (exact). alone: households moved were it the only change, None where
    that is no policy. scores_alone: whose points change. moved_rows: shares by mover, int64 (n_movers,).
    """

    steps: tuple[int, ...]
    moved: int
    graded: int
    fen: int
    here: Movement
    alone: int | None
    scores_alone: int
    moved_rows: NDArray[np.int64]

    @property
    def idle(self) -> bool:
        """Whether it moves nobody, neither alone nor with the others."""
        return not self.alone and not self.here.moved.any() and not self.moved_rows.any() and not self.fen


@dataclass(frozen=True, slots=True, eq=False)
class Attribution:
    """Everybody's move by step. denominator: of the shares. movers: rows that the shares are about."""

    method: Method
    denominator: int
    movers: NDArray[np.int64]
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """What attribution needs: the households, both judgements and the policies between them."""

    seen: Seen
    between: Between
    book: Book
    ranks: Ranks
    before: Judged
    after: Judged
    found: Movement


_Told = Callable[[int, int], None]


def attribute(trial: Trial, told: _Told = lambda done, total: None) -> Attribution:
    """Attribute every move to the steps. told: how many evaluations are done, and how many there are."""
    count = len(trial.between.steps)
    exact = count <= MOST_EXACT and all(trial.between.policy(_chosen(n, count)) is not None for n in range(2**count))
    return _exact(trial, count, told) if exact else _in_order(trial, told)


def _chosen(number: int, count: int) -> list[int]:
    return [step for step in range(count) if number >> step & 1]


@dataclass(slots=True)
class _Sums:
    """Shares of one step by mover, as they add up."""

    moved: NDArray[np.int64]
    graded: NDArray[np.int64]
    fen: NDArray[np.int64]


def _exact(trial: Trial, count: int, told: _Told) -> Attribution:
    movers = np.flatnonzero(trial.found.moved)
    seen, before = trial.seen.only(movers), trial.before.outcome[movers]
    sums = [_Sums(*(np.zeros(len(movers), np.int64) for _ in range(3))) for _ in range(count)]
    total = 2**count if len(movers) else 0
    for number in range(total):
        outcome = judge(seen, _needed(trial.between, _chosen(number, count)), trial.book).outcome
        moved, graded, fen = _values(trial.book, before, outcome)
        size = number.bit_count()
        for step, share in enumerate(sums):
            inside = number >> step & 1
            others = size - inside
            weight = factorial(others) * factorial(count - 1 - others) * (1 if inside else -1)
            share.moved += weight * moved
            share.graded += weight * graded
            share.fen += weight * fen
        told(number + 1, total + count)
    parts = []
    for step, share in enumerate(sums):
        alone, scores = _alone(trial, (step,))
        assert alone is not None
        parts.append(_part((step,), share, alone, alone, scores))
        told(total + step + 1, total + count)
    return Attribution("exact", factorial(count), movers, tuple(parts))


def _in_order(trial: Trial, told: _Told) -> Attribution:
    movers = np.flatnonzero(trial.found.moved)
    groups, taken, parts = in_order(trial.between), list[int](), list[Part]()
    last = trial.before
    values = _values(trial.book, last.outcome[movers], last.outcome[movers])
    for number, steps in enumerate(groups):
        taken += steps
        policy = trial.between.policy(taken)
        now = judge(trial.seen, policy, trial.book) if policy is not None else trial.after
        after = _values(trial.book, trial.before.outcome[movers], now.outcome[movers])
        share = _Sums(*(b - a for a, b in zip(values, after, strict=True)))
        here = movement(last, now, trial.book, trial.ranks)
        parts.append(_part(steps, share, here, *_alone(trial, steps)))
        last, values = now, after
        told(number + 1, len(groups))
    return Attribution("in_order", 1, movers, tuple(parts))


def _part(steps: tuple[int, ...], share: _Sums, here: Movement, alone: Movement | None, scores: int) -> Part:
    moved = None if alone is None else int(alone.moved.sum())
    sums = int(share.moved.sum()), int(share.graded.sum()), int(share.fen.sum())
    return Part(steps, *sums, here, moved, scores, share.moved)


def _alone(trial: Trial, steps: tuple[int, ...]) -> tuple[Movement | None, int]:
    """Everybody's move were these steps the only change, and whose points they change."""
    policy = trial.between.policy(steps)
    if policy is None:
        return None, 0
    judged = judge(trial.seen, policy, trial.book)
    return movement(trial.before, judged, trial.book, trial.ranks), int((judged.score != trial.before.score).sum())


def _values(
    book: Book, before: NDArray[np.int32], outcome: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Of each row: whether the outcome is another one, whether the standing is, and the limit in fen above the one before."""
    standings, fen = book.standings(), book.fen()
    moved = (outcome != before).astype(np.int64)
    graded = (standings[outcome] != standings[before]).astype(np.int64)
    return moved, graded, fen[outcome] - fen[before]


def _needed(between: Between, steps: list[int]) -> Policy:
    policy = between.policy(steps)
    assert policy is not None
    return policy
