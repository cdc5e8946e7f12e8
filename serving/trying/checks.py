"""Checks that every trial makes of itself; one that fails means a defect, and the trial is not shown."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.errors import LushiError
from serving.trying.attribution import Attribution, Trial
from serving.trying.movement import movement
from serving.trying.outcomes import judge


class TrialUnsound(LushiError):
    """A trial whose own checks fail."""


@dataclass(frozen=True, slots=True)
class Checks:
    """What was checked. null_moves: who moves from the policy in force to itself. idle: parts that move nobody."""

    null_moves: int
    sums_equal: bool
    all_steps_give_the_draft: bool
    idle: tuple[int, ...]


def check(trial: Trial, found: Attribution) -> Checks:
    """Check a trial.

    Raises:
        TrialUnsound: where somebody moves without a change, a move is not attributed in full, or the steps taken together
            do not give the draft's outcomes.
    """
    again = judge(trial.seen, trial.seen.policy, trial.book)
    null_moves = int(movement(trial.before, again, trial.book, trial.ranks).moved.sum())
    fen, n = trial.book.fen(), found.denominator
    change = int((fen[trial.after.outcome] - fen[trial.before.outcome]).sum())
    rows = sum((part.moved_rows for part in found.parts), np.zeros(len(found.movers), np.int64))
    graded = int(trial.found.moved.sum()) - trial.found.counts()["terms"]
    sums = bool((rows == n).all()) if found.parts else not len(found.movers)
    sums = sums and sum(part.fen for part in found.parts) == change * n
    sums = sums and sum(part.graded for part in found.parts) == graded * n
    last = trial.between.policy(range(len(trial.between.steps)))
    together = last is not None and bool((judge(trial.seen, last, trial.book).outcome == trial.after.outcome).all())
    failed = [
        what
        for what, wrong in (
            ("somebody moves although nothing is changed", null_moves > 0),
            ("the moves are not attributed in full", not sums),
            ("the changes taken together do not give the draft", not together),
        )
        if wrong
    ]
    if failed:
        raise TrialUnsound(f"the trial does not hold together: {'; '.join(failed)}; report this with the draft folder")
    idle = tuple(number for number, part in enumerate(found.parts) if part.idle)
    return Checks(null_moves, sums, together, idle)
