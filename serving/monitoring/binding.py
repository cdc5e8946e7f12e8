"""The binding side: who hits a veto, who is withheld, what people override, which objections are upheld, which areas are stopped."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from serving.monitoring.figure import About, Figure
from serving.monitoring.frame import Period
from serving.monitoring.population import compared, parts, share

_WHAT = {"binding.overrides": "override", "binding.objections_upheld": "objection", "binding.stopped": "stop"}


def figures(period: Period) -> list[Figure]:
    """Every figure of the binding side."""
    return [*_card(period), *_recorded(period)]


def _card(period: Period) -> Iterator[Figure]:
    """The share of each outcome of the card and of each veto, against the baseline."""
    now, then = period.people, period.baseline
    for part, here, there in parts(now.status, then.status):
        yield share("binding.status", here, there, About("status", part, period.label("status", part)))
    for name, hit in now.vetoes.items():
        before = then.vetoes.get(name, np.zeros(0, np.bool_))
        yield share("binding.veto", hit, before, About("veto", name, period.label("veto", name)))


def _recorded(period: Period) -> Iterator[Figure]:
    for figure_id, shares in period.binding.items():
        for it in shares:
            kind = _WHAT[figure_id]
            yield compared(figure_id, (it.hits, it.n), (0, 0), About(kind, it.id, it.label))
