"""The grade: which band the score falls into, and whether the outcome is settled at all.

Order of law: a veto that fires settles the outcome; else an incomplete, stale or unanswered file is
withheld; else the score's band decides, and a score under the lowest band is *below A*.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from scoring.credit_file import STALE
from scoring.points import Points
from scoring.policy.compiled import Compiled, CompiledVeto
from scoring.policy.reach import Reach
from scoring.policy.schema import GRADE_NONE, GradeBand
from scoring.vetoes import Judged

Status = Literal["graded", "below_a", "vetoed", "withheld"]
VETOED = "vetoed"


@dataclass(frozen=True, slots=True)
class Settled:
    """The outcome.

    grade: the binding grade, or None. without_vetoes: the grade that the score alone would give.
    possible: every outcome still possible, given what is unknown. ask: indicators whose answers
    would settle it. causes: (reason id, indicator or source) for a withheld outcome, in order.
    known, scored: how many scored items have a usable value, and how many there are.
    """

    status: Status
    grade: GradeBand | None
    without_vetoes: GradeBand | None
    possible: tuple[str, ...]
    ask: tuple[str, ...]
    causes: tuple[tuple[str, str], ...]
    known: int
    scored: int


def band_of(table: Compiled, score: int) -> GradeBand | None:
    """The grade whose band holds a score; None below the lowest."""
    number = bisect_right(table.cuts, score)
    return table.policy.grades[number - 1] if number else None


def settle(table: Compiled, codes: Sequence[int], points: Points, vetoes: Sequence[Judged]) -> Settled:
    """Settle the outcome of one household from its points and judged vetoes."""
    without = band_of(table, points.score)
    unknown = [number for number, item in enumerate(table.items) if codes[item.position] <= STALE]
    open_vetoes = [
        compiled for one, compiled in zip(vetoes, table.vetoes, strict=True) if one.state in ("missing", "stale")
    ]
    fired = any(one.state == "fired" for one in vetoes)
    possible: tuple[str, ...]
    ask: tuple[str, ...] = ()
    if fired:
        possible = (VETOED,)
    elif not unknown and not open_vetoes:
        possible = (without.id if without else GRADE_NONE,)
    else:
        possible, ask = _open(table, points, unknown, open_vetoes)
    known, scored = len(table.items) - len(unknown), len(table.items)
    causes = () if fired else _causes(table, codes, points, vetoes, known=known, ask=ask)
    status: Status = "vetoed" if fired else "withheld" if causes else "graded" if without else "below_a"
    grade = without if status == "graded" else None
    return Settled(status, grade, without, possible, ask, causes, known, scored)


def _open(
    table: Compiled, points: Points, unknown: list[int], open_vetoes: list[CompiledVeto]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Outcomes still possible, and the indicators whose answers would settle which it is."""
    if not all(one.can_clear for one in open_vetoes):
        return (VETOED,), ()
    domains = {number: (line.points,) for number, line in enumerate(points.lines)}
    reach = Reach(table, {**domains, **{number: table.items[number].domain for number in unknown}})
    grades = {band.id if (band := band_of(table, score)) else GRADE_NONE for score in reach.scores()}
    order = [GRADE_NONE, *(grade.id for grade in table.policy.grades)]
    outcomes = sorted(grades, key=order.index)
    ask = [table.items[number].indicator.id for number in reach.relevant()]
    vetoing = [one.veto.test.indicator for one in open_vetoes if one.can_fire]
    return ((VETOED,) if vetoing else ()) + tuple(outcomes), tuple(dict.fromkeys([*vetoing, *ask]))


def _causes(
    table: Compiled,
    codes: Sequence[int],
    points: Points,
    vetoes: Sequence[Judged],
    *,
    known: int,
    ask: tuple[str, ...],
) -> tuple[tuple[str, str], ...]:
    causes: list[tuple[str, str]] = []
    for test, name, reason in table.policy.completeness.gate:
        code = codes[table.positions[name]]
        if code <= STALE or (test is not None and not test.holds(code)):
            causes.append((reason, name))
    sources = {indicator.id: indicator.source for indicator in table.policy.indicators}
    for one in vetoes:
        if one.state in ("missing", "stale"):
            action = one.veto.if_missing if one.state == "missing" else one.veto.if_stale
            open_outcome = band_of(table, points.score) is not None or bool(points.asked)
            if action == "withhold" or (action == "ask" and open_outcome):
                causes.append(
                    ("source_missing" if one.state == "missing" else "source_stale", sources[one.veto.test.indicator])
                )
    causes += [("item_withheld", line.indicator) for line in points.withheld]
    asked = {line.indicator for line in points.asked}
    if asked and _could_differ(table, points):
        causes += [("answers_needed", name) for name in ask if name in asked]
    if known * 100 < table.policy.completeness.known_percent * len(table.items):
        causes.append(("file_incomplete", ""))
    return tuple(dict.fromkeys(causes))


def _could_differ(table: Compiled, points: Points) -> bool:
    """Whether the answers that the policy asks for could change the grade, the rest standing as is."""
    asked = {line.indicator for line in points.asked}
    domains = {
        number: (line.points, line.best) if line.indicator in asked else (line.points,)
        for number, line in enumerate(points.lines)
    }
    scores = Reach(table, domains).scores()
    return band_of(table, scores[0]) is not band_of(table, scores[-1])
