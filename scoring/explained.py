"""The explanation of a score: base, headings, and a line for every indicator.

As data, and as the bytes of the same data: what a line says follows from policy, indicator and code alone, so each line is
written once and kept.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache
from typing import Any

from scoring.assess import Assessment
from scoring.canonical import Written, canonical
from scoring.policy.codes import show
from scoring.policy.compiled import CompiledItem, compiled
from scoring.policy.elements import Indicator
from scoring.policy.schema import Policy

COLUMNS = ["indicator", "value", "band", "points", "best"]
_MOST_KEPT = 2_000
"""Lines kept for one indicator."""


def explanation(assessment: Assessment) -> dict[str, Any]:
    """Base, headings and every indicator's line; compact, because 144 of them travel in each answer."""
    lines = zip(_lines(assessment.policy), assessment.codes, strict=True)
    return {**_headings(assessment), "by_indicator": [line.row(code) for line, code in lines]}


def explained(assessment: Assessment) -> Written:
    """The canonical JSON of :func:`explanation`."""
    head = canonical(_headings(assessment))
    lines = zip(_lines(assessment.policy), assessment.codes, strict=True)
    rows = b",".join([line.kept.get(code) or line.write(code) for line, code in lines])
    # In the order of names: "base", "by_heading", "by_indicator", "columns".
    before, columns, after = head.partition(b',"columns":')
    return Written(b'%s,"by_indicator":[%s]%s%s' % (before, rows, columns, after))


class _Line:
    """What may be said of one indicator. kept: the canonical JSON of its line, by code."""

    def __init__(self, indicator: Indicator, item: CompiledItem | None) -> None:
        self._indicator, self._item = indicator, item
        self.kept: dict[int, bytes] = {}

    def row(self, code: int) -> list[str | int]:
        """The line as data: indicator and value, and for a scored item its band, points and most points."""
        row: list[str | int] = [self._indicator.id, show(self._indicator, code)]
        if self._item is None:
            return row
        line = self._item.lines[bisect_right(self._item.edges, code)]
        return [*row, line.band, line.points, line.best]

    def write(self, code: int) -> bytes:
        """Write the line and keep it."""
        written = canonical(self.row(code))
        if len(self.kept) >= _MOST_KEPT:
            self.kept = {}
        self.kept[code] = written
        return written


@lru_cache(maxsize=64)
def _lines(policy: Policy) -> tuple[_Line, ...]:
    items = {item.position: item for item in compiled(policy).items}
    return tuple(_Line(indicator, items.get(position)) for position, indicator in enumerate(policy.indicators))


def _headings(assessment: Assessment) -> dict[str, Any]:
    policy, points = assessment.policy, assessment.points
    return {
        "base": policy.base_points,
        "by_heading": {
            heading.id: [total, added, deducted]
            for heading, total, added, deducted in zip(
                policy.headings, points.by_heading, points.added, points.deducted, strict=True
            )
        },
        "columns": COLUMNS,
    }
