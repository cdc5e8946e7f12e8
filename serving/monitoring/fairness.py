"""Whether the model treats alike the good repayers of every group that the law lets us look at, and means the same for each."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from scoring.metrics.swap_set import accepted
from scoring.metrics.wilson import wilson
from serving.monitoring.figure import NAN, About, Figure
from serving.monitoring.frame import Loans, Period
from serving.monitoring.performance import against_pd
from serving.monitoring.population import parts, together

KINDS = ("registered_poor", "township")
"""Lawful to look at; nothing on sex, ethnicity, belief, health or marital status is ever collected."""
ACCEPT = 0.8
LEAST_GOODS = 200
"""Groups with fewer good loans never decide the ratio."""


def figures(period: Period) -> list[Figure]:
    """By group: share of good repayers accepted, and realised share of bad against mean PD; over all: the worst ratio."""
    loans = period.loans
    if loans is None or not loans.matured.any():
        return []
    return [it for kind in KINDS if kind in loans.segments for it in _of_kind(period, loans, kind)]


def _of_kind(period: Period, loans: Loans, kind: str) -> Iterator[Figure]:
    rows = loans.matured
    labels, good = loans.segments[kind][rows], loans.bad[rows] == 0
    taken = accepted(loans.pd[rows], ACCEPT)
    rates: list[tuple[float, int]] = []
    meant: list[Figure] = []
    for part, here, _ in parts(labels, labels):
        about = About(kind, part, period.label(kind, part))
        n, hits = int((good & here).sum()), int((taken & good & here).sum())
        low, high = wilson(hits, n) if n else (NAN, NAN)
        yield Figure("fairness.accepted_good", hits / n if n else NAN, n, about, "share", low, high)
        if n >= LEAST_GOODS:
            rates.append((hits / n, n))
        inside = np.zeros(len(loans), np.bool_)
        inside[np.flatnonzero(rows)[here]] = True
        meant.append(against_pd("fairness.bad_rate", loans, inside, about))
    if kind == KINDS[0] and len(rates) > 1:
        least, most = min(it for it, _ in rates), max(it for it, _ in rates)
        yield Figure("fairness.ratio", least / most, sum(n for _, n in rates), About(), "index")
    yield from together(meant)
