"""Who is there: mix, missing and old values, and how far the distributions have moved since the model was promoted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from scoring.metrics.false_discovery import benjamini_hochberg
from scoring.metrics.frozen_bins import freeze
from scoring.metrics.newcombe import share_difference
from scoring.metrics.stability import Stability, stability, stability_of_counts
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
        *_outcomes(period),
    ]


def moved(figure_id: str, then: Floats, now: Floats, about: About) -> Figure:
    """The stability index of a sample against an earlier one, with the chance of one as great from sampling alone."""
    few = len(np.unique(then[~np.isnan(then)])) <= FEW_VALUES
    return _index(figure_id, stability(freeze(then, by_value=few), now), about)


def _index(figure_id: str, found: Stability, about: About) -> Figure:
    return Figure(
        figure_id, found.psi, found.rows_now, about, "index", reference_n=found.rows_then, p=found.p_value
    )  # fmt: skip


def together(figures: Sequence[Figure]) -> list[Figure]:
    """Figures compared with one another, their chances adjusted for being many."""
    adjusted = benjamini_hochberg(np.array([it.p for it in figures], np.float64))
    return [it.adjusted(p) for it, p in zip(figures, adjusted.tolist(), strict=True)]


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
    edges, shares = np.array(period.training_edges), np.array(period.training_shares)
    then = np.rint(shares * period.training_rows).astype(np.int64)
    place = np.searchsorted(edges, loans.pd[loans.new & ~np.isnan(loans.pd)], side="left")
    now = np.bincount(place, minlength=len(shares)).astype(np.int64)
    yield _index("population.psi_loan_pd", stability_of_counts(then, now), About())


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


def _outcomes(period: Period) -> Iterator[Figure]:
    """The share of bad of a flat file's period against its first one; rows without an outcome do not count."""
    if period.outcomes is not None:
        now, then = period.outcomes
        yield compared("population.bad_rate", now, then, About())


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
