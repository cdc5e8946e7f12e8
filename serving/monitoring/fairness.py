"""Whether the model treats alike the good repayers of every group that the law lets us look at, and means the same for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from scoring.metrics.arrays import divided
from scoring.metrics.swap_set import accepted
from scoring.metrics.wilson import wilson
from serving.monitoring.figure import NAN, About, Figure
from serving.monitoring.frame import Flags, Loans, Period, Texts
from serving.monitoring.performance import against_pd, draws
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
    deciding: list[str] = []
    meant: list[Figure] = []
    for part, here, _ in parts(labels, labels):
        about = About(kind, part, period.label(kind, part))
        n, hits = int((good & here).sum()), int((taken & good & here).sum())
        low, high = wilson(hits, n) if n else (NAN, NAN)
        yield Figure("fairness.accepted_good", hits / n if n else NAN, n, about, "share", low, high)
        if n >= LEAST_GOODS:
            deciding.append(part)
        inside = np.zeros(len(loans), np.bool_)
        inside[np.flatnonzero(rows)[here]] = True
        meant.append(against_pd("fairness.bad_rate", loans, inside, about))
    if kind == KINDS[0] and len(deciding) > 1:
        yield _ratio(labels, deciding, taken, good)
    yield from together(meant)


def _ratio(labels: Texts, deciding: Sequence[str], taken: Flags, good: Flags) -> Figure:
    """Least share of good repayers accepted over the greatest (four-fifths rule), with its interval over resampled loans."""
    member = np.column_stack([(labels == part) & good for part in deciding]).astype(np.float64)
    weights = np.vstack([np.ones(len(labels)), draws(len(labels))])
    rates = divided((weights * taken) @ member, weights @ member)
    ratios = divided(rates.min(axis=1), rates.max(axis=1))
    low, high = np.nanquantile(ratios[1:], [0.025, 0.975]).tolist()
    return Figure("fairness.ratio", float(ratios[0]), int(member.sum()), About(), "index", low, high)
