"""Figures under their limits: what each period says by itself, and what both say together."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from serving.monitoring.figure import Figure, Judged, Status
from serving.monitoring.limits import Limit, Limits

_OVER = ("amber", "red")


def judge(now: Sequence[Figure], before: Sequence[Figure], limits: Limits) -> list[Judged]:
    """Every figure of a period with its status, in the order given.

    before: the figures of the period before, as they were known at its own watch; empty where there is none.
    """
    earlier: Mapping[tuple[str, str, str], Figure] = {_key(it): it for it in before}
    return [_judge(it, earlier.get(_key(it)), limits.find(it.id, it.about.kind)) for it in now]


def alone(figure: Figure, limit: Limit | None) -> Status:
    """What one period says of a figure by itself."""
    if limit is None:
        return "shown"
    if figure.n < limit.at_least or math.isnan(figure.value):
        return "too_few"
    value = _measured(figure, limit)
    if math.isnan(value):
        return "too_few"
    if limit.sure is not None and not figure.p <= limit.sure:
        return "green"
    sign = -1 if limit.measure == "surely_below" else 1
    if limit.red is not None and sign * value >= sign * limit.red:
        return "red"
    return "amber" if sign * value >= sign * limit.amber else "green"


def _judge(figure: Figure, earlier: Figure | None, limit: Limit | None) -> Judged:
    says = alone(figure, limit)
    said = None if earlier is None else alone(earlier, limit)
    status = says
    if says == "red" and limit is not None and limit.periods > 1 and said != "red":
        status = "amber"
    return Judged(figure, says, said, status)


def _measured(figure: Figure, limit: Limit) -> float:
    if limit.measure == "above":
        return figure.value
    if limit.measure == "surely_below":
        return figure.high
    moved = figure.value - figure.reference
    return {"rise": moved, "fall": -moved, "move": abs(moved)}[limit.measure]


def _key(figure: Figure) -> tuple[str, str, str]:
    return figure.id, figure.about.kind, figure.about.id


def over(judged: Judged) -> bool:
    """Whether a figure is amber or red."""
    return judged.status in _OVER


def was_over(judged: Judged) -> bool:
    """Whether the period before was over by itself."""
    return judged.before in _OVER
