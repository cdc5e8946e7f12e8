"""Who is there: mix, missing and old values, and how far the distributions have moved since the model was promoted."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from scipy.stats import chi2, false_discovery_control

from scoring.metrics.newcombe import share_difference
from scoring.metrics.psi import edges_of, psi, shares_of
from scoring.metrics.wilson import wilson
from serving.monitoring.figure import NAN, About, Figure
from serving.monitoring.frame import Flags, Floats, Period, Texts

LEAST_KNOWN = 0.05
"""A feature that fewer households had at the baseline is not compared."""
FEW_VALUES = 20
"""Up to so many different values each has a bin of its own."""


def figures(period: Period) -> list[Figure]:
    """Every figure of the population."""
    return [
        *_distributions(period),
        *_features(period),
        *_new_loans(period),
        *_points(period),
        *_gaps(period, "missing"),
        *_gaps(period, "stale"),
    ]


def moved(figure_id: str, then: Floats, now: Floats, about: About) -> Figure:
    """The stability index of two samples, with the chance of one as great from sampling alone.

    Under no change the index times the harmonic size follows chi-square with one degree less than bins
    (Yurdakul and Naranjo 2020, "Statistical properties of the population stability index").
    """
    known = then[~np.isnan(then)]
    values = np.unique(known)
    edges = values[:-1] if len(values) <= FEW_VALUES else edges_of(then)
    before, after = shares_of(then, edges), shares_of(now, edges)
    return index_of(figure_id, before, after, (len(then), len(now)), about)


def index_of(figure_id: str, before: Floats, after: Floats, sizes: tuple[int, int], about: About) -> Figure:
    """The same of two shares over the same bins. sizes: rows then and now."""
    n_then, n_now = sizes
    if not n_then or not n_now:
        return Figure(figure_id, NAN, min(sizes), about, "index")
    value = psi(before, after)
    used = int(((before > 0) | (after > 0)).sum())
    p = float(chi2.sf(value / (1 / n_then + 1 / n_now), max(used - 1, 1)))
    return Figure(figure_id, value, n_now, about, "index", reference_n=n_then, p=p)


def together(figures: Sequence[Figure]) -> list[Figure]:
    """Figures compared with one another, their chances adjusted for being many (Benjamini and Hochberg 1995)."""
    known = [place for place, it in enumerate(figures) if math.isfinite(it.p)]
    found = list(figures)
    if known:
        adjusted = false_discovery_control([figures[place].p for place in known], method="bh")
        for place, p in zip(known, np.atleast_1d(adjusted).tolist(), strict=True):
            found[place] = figures[place].adjusted(p)
    return found


def _distributions(period: Period) -> Iterator[Figure]:
    now, then = period.people, period.baseline
    if len(now):
        yield moved("population.psi_score", then.score, now.score, About())
        if not np.isnan(now.pd).all():
            yield moved("population.psi_pd", then.pd, now.pd, About())
    for kind, labels in now.segments.items():
        yield from together(
            [
                moved(
                    "population.psi_score",
                    then.score[there],
                    now.score[here],
                    About(kind, part, period.label(kind, part)),
                )
                for part, here, there in parts(labels, then.segments.get(kind, np.zeros(0, "U1")))
            ]
        )


def parts(now: Texts, then: Texts) -> Iterator[tuple[str, Flags, Flags]]:
    """Every part of a segment with its rows now and then, in order; the unknown part '' is left out."""
    for part in sorted(set(np.unique(now).tolist()) - {""}):
        yield part, now == part, then == part


def _features(period: Period) -> list[Figure]:
    found: list[Figure] = []
    for place, feature in enumerate(period.features):
        then, now = period.baseline.matrix[:, place], period.people.matrix[:, place]
        about = About(feature.kind, feature.name, feature.label)
        known = float((~np.isnan(then)).mean()) if len(then) else 0.0
        if known < LEAST_KNOWN:  # a feature that begins has no distribution to move from
            found.append(Figure("population.psi_feature", NAN, len(now), about, "index"))
        else:
            found.append(moved("population.psi_feature", then, now, about))
    return together(found)


def _new_loans(period: Period) -> Iterator[Figure]:
    """The PD of the quarter's new loans against that of the loans that the model was judged on at training."""
    loans = period.loans
    if loans is None or not len(period.training_shares):
        return
    pd = loans.pd[loans.new]
    edges = np.array(period.training_edges)
    after = shares_of(pd, edges)[: len(period.training_shares)]
    sizes = (period.training_rows, len(pd))
    yield index_of("population.psi_loan_pd", np.array(period.training_shares), after, sizes, About())


def _points(period: Period) -> Iterator[Figure]:
    """By indicator, how many points it gives on average more or less than at promotion."""
    for name, now in period.people.points.items():
        then = period.baseline.points.get(name)
        if then is None or not len(then) or not len(now):
            continue
        about = About("indicator", name, period.label("indicator", name))
        yield Figure(
            "population.points", float(now.mean()), len(now), about, "points",
            reference=float(then.mean()), reference_n=len(then),
        )  # fmt: skip


def _gaps(period: Period, what: str) -> Iterator[Figure]:
    """By source, the share of values that are missing or too old."""
    columns: Mapping[str, Floats] = getattr(period.people, what)
    for source, now in columns.items():
        then = getattr(period.baseline, what).get(source, np.zeros(0))
        if len(now):
            about = About("source", source, period.label("source", source))
            reference = float(then.mean()) if len(then) else NAN
            yield Figure(
                f"population.{what}", float(now.mean()), len(now), about, reference=reference, reference_n=len(then)
            )


def share(figure_id: str, now: Flags, then: Flags, about: About) -> Figure:
    """A share of rows against an earlier one."""
    return compared(figure_id, (int(now.sum()), len(now)), (int(then.sum()), len(then)), about)


def compared(figure_id: str, now: tuple[int, int], then: tuple[int, int], about: About) -> Figure:
    """A share against another one. now, then: (hits, rows)."""
    (hits, n), (hits_then, n_then) = now, then
    low, high = wilson(hits, n) if n else (NAN, NAN)
    found = share_difference(hits, n, other_bads=hits_then, other_rows=n_then)
    return Figure(
        figure_id, hits / n if n else NAN, n, about, "share", low, high,
        reference=hits_then / n_then if n_then else NAN, reference_n=n_then, p=found.p_value,
    )  # fmt: skip
