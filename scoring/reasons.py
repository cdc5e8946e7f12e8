"""Reasons: the principal causes of a lower grade or a refusal, at most four, never "score too low".

Every reason is worded in the policy, in both languages, with the article that it rests on
(12 CFR 1002.9 by analogy: specific principal reasons; Personal Information Protection Law art. 24).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scoring.grade import Settled
from scoring.points import Points
from scoring.policy.compiled import Compiled, Line
from scoring.policy.schema import Reason
from scoring.vetoes import Judged

MOST = 4


@dataclass(frozen=True, slots=True)
class Stated:
    """A reason as stated for one household. about: the indicator or source that it speaks of."""

    reason: Reason
    about: str


def state_reasons(table: Compiled, settled: Settled, points: Points, vetoes: Sequence[Judged]) -> tuple[Stated, ...]:
    """The reasons for one settled outcome; empty for the best grade."""
    wording = table.policy.reasons
    if settled.status == "vetoed":
        stated = [Stated(wording[one.veto.reason], one.veto.test.indicator) for one in vetoes if one.state == "fired"]
    elif settled.status == "withheld":
        stated = [Stated(wording[reason], about) for reason, about in settled.causes]
    elif settled.grade is not None and settled.grade is table.policy.grades[-1]:
        stated = []
    else:
        stated = [Stated(wording[reason], line.indicator) for reason, line in _costliest(table, points)]
    return tuple(stated[:MOST])


def _costliest(table: Compiled, points: Points) -> list[tuple[str, Line]]:
    """Known items below their best, by the points that the score loses through each alone.

    Where caps hide every single cause (each would have to be bettered with others), those with the
    most points to gain before the caps are the principal ones.
    """
    found = []
    for number, (item, line) in enumerate(zip(table.items, points.lines, strict=True)):
        if line.points < line.best and line is not item.lines[0] and line is not item.lines[1]:
            loss = _loss(table, points, item.heading, line)
            found.append((-loss, line.points - line.best, number, item.item.reason, line))
    found.sort(key=lambda one: one[:3])
    seen = [one for one in found if one[0] < 0] or found
    return [(reason, line) for _, _, _, reason, line in seen]


def _loss(table: Compiled, points: Points, heading: int, line: Line) -> int:
    """Points that the heading would gain if this item alone stood at its best."""
    most, least = table.caps[heading]
    now, best = line.points, line.best
    added, deducted = points.added[heading], points.deducted[heading]
    # Plain comparisons: some forty times a household.
    added += (best if best > 0 else 0) - (now if now > 0 else 0)
    deducted += (best if best < 0 else 0) - (now if now < 0 else 0)
    gained = (added if added < most else most) + (deducted if deducted > least else least)
    return gained - points.by_heading[heading]
