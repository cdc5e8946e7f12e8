"""Points: what each indicator's band adds or deducts, summed under each heading's caps.

A heading's points are ``min(sum of additions, most_added) + max(sum of deductions, -most_deducted)``
(report2017 §2.2: base 100, additions, deductions; the caps are the project's proposal). The score is
the base plus all headings. Whole numbers throughout.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scoring.policy.compiled import Compiled, CompiledItem, Line

Codes = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Points:
    """One household's points.

    lines: one per scored item, in policy order. by_heading: capped points per heading.
    added, deducted: sums per heading before the caps.
    withheld, asked: lines whose value is unknown and whose rule withholds or asks.
    """

    lines: tuple[Line, ...]
    by_heading: tuple[int, ...]
    added: tuple[int, ...]
    deducted: tuple[int, ...]
    score: int
    withheld: tuple[Line, ...]
    asked: tuple[Line, ...]


def tally(table: Compiled, codes: Sequence[int]) -> Points:
    """Points of one household from its codes in indicator order (stale ones already marked)."""
    added = [0] * len(table.caps)
    deducted = [0] * len(table.caps)
    lines = []
    withheld = asked = ()  # type: tuple[Line, ...]
    for item in table.items:
        line = item.lines[bisect_right(item.edges, codes[item.position])]
        lines.append(line)
        points = line.points
        if points > 0:
            added[item.heading] += points
        elif points:
            deducted[item.heading] += points
        if line.action is not None:
            if line.action == "withhold":
                withheld = (*withheld, line)
            elif line.action == "ask":
                asked = (*asked, line)
    by_heading = tuple(
        min(up, most) + max(down, least) for up, down, (most, least) in zip(added, deducted, table.caps, strict=True)
    )
    score = table.policy.base_points + sum(by_heading)
    return Points(tuple(lines), by_heading, tuple(added), tuple(deducted), score, withheld, asked)


def tally_columns(table: Compiled, codes: Codes, asked: str = "worst") -> npt.NDArray[np.int16]:
    """Capped points per heading, shape (n_headings, n_rows), from codes (n_indicators, n_rows).

    asked: whether an unknown value whose rule is to ask counts with its item's 'worst' points (as
    recorded) or its 'best' (to see whether the answer could matter).
    """
    plan = _plan(table, asked)
    n_rows = codes.shape[1]
    out = np.empty((len(table.caps), n_rows), dtype=np.int16)
    chunk = 65536
    for start in range(0, n_rows, chunk):
        block = codes[:, start : start + chunk]
        for heading, (most, least) in enumerate(table.caps):
            added, deducted = (_sum(block, base, steps) for base, steps in plan[heading])
            total = out[heading, start : start + chunk]
            np.add(np.minimum(added, np.int16(most)), np.maximum(deducted, np.int16(least)), out=total)
    return out


_Steps = list[tuple[int, int, int]]


def _sum(block: Codes, base: int, steps: _Steps) -> npt.NDArray[np.signedinteger]:
    """Base plus the steps reached, in the narrowest type that cannot overflow: bytes are fastest."""
    least = base + sum(min(delta, 0) for _, _, delta in steps)
    most = base + sum(max(delta, 0) for _, _, delta in steps)
    widths = max(-least, most, max((abs(delta) for _, _, delta in steps), default=0))
    kind: type[np.int8] | type[np.int16] | type[np.int32]
    kind = np.int8 if widths <= 127 else np.int16 if widths < 2**15 else np.int32
    total: npt.NDArray[np.signedinteger] = np.full(block.shape[1], base, dtype=kind)
    reached = np.empty(block.shape[1], dtype=np.bool_)
    as_number = reached.view(np.int8)
    weighted = np.empty(block.shape[1], dtype=kind)
    for position, edge, delta in steps:
        np.greater_equal(block[position], edge, out=reached)
        if delta == 1:
            np.add(total, as_number, out=total)
        elif delta == -1:
            np.subtract(total, as_number, out=total)
        else:
            np.multiply(as_number, kind(delta), out=weighted)
            np.add(total, weighted, out=total)
    return total


def _plan(table: Compiled, asked: str) -> list[tuple[tuple[int, _Steps], tuple[int, _Steps]]]:
    """Per heading the additions and the deductions: a base, and steps (position, edge, delta)."""
    plan = []
    for heading in range(len(table.caps)):
        sides: list[tuple[int, _Steps]] = []
        for sign in (1, -1):
            base, steps = 0, []
            for item in (item for item in table.items if item.heading == heading):
                points = [max(sign * p, 0) * sign for p in _points(item, asked)]
                base += points[0]
                steps += [
                    (item.position, edge, after - before)
                    for edge, before, after in zip(item.edges, points, points[1:], strict=False)
                    if after != before
                ]
            sides.append((base, steps))
        plan.append((sides[0], sides[1]))
    return plan


def _points(item: CompiledItem, asked: str) -> list[int]:
    lines = item.lines
    points = [line.best if asked == "best" and line.action == "ask" else line.points for line in lines]
    if item.item.if_stale == "value":
        points[1] = points[0]  # unreachable: such a value is never marked stale; saves a step
    return points
