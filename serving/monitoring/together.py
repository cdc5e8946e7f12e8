"""Card and model side by side: how far they agree, where they differ most, and how those loans went."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from scoring.metrics.kappa import kappa
from scoring.metrics.rank_agreement import kendall
from scoring.metrics.swap_set import swap_set
from scoring.policy.elements import Text
from serving.monitoring.figure import NAN, About, Figure
from serving.monitoring.frame import Loans, Period
from serving.monitoring.population import compared

ACCEPT = 0.8
"""Share of loans that either would have granted, for the swap set; assumed."""
FIFTHS = 5
_ALL = About()


def figures(period: Period) -> list[Figure]:
    """Agreement over everybody, swap set and disagreements over matured loans; none where no model stands."""
    people = period.people
    if not len(people) or np.isnan(people.pd).all():
        return []
    return [*_agreement(period), *_apart(period.loans)]


def bands(values: np.typing.NDArray[np.float64]) -> np.typing.NDArray[np.int64]:
    """Fifths of a risk, 0 the safest; equal values share one."""
    edges = np.unique(np.quantile(values, np.linspace(0, 1, FIFTHS + 1)[1:-1]))
    return np.searchsorted(edges, values, side="left").astype(np.int64)


def _agreement(period: Period) -> Iterator[Figure]:
    now, then = period.people, period.baseline
    n_then = len(then)
    tau_then = _tau(then.score, then.pd)
    yield Figure(
        "together.rank", _tau(now.score, now.pd), len(now), _ALL, "index", reference=tau_then, reference_n=n_then
    )
    yield Figure(
        "together.kappa", _kappa(now.score, now.pd), len(now), _ALL, "index",
        reference=_kappa(then.score, then.pd), reference_n=n_then,
    )  # fmt: skip


def _tau(score: np.typing.NDArray[np.float64], pd: np.typing.NDArray[np.float64]) -> float:
    """Kendall's tau-b of the card's and the model's order of risk."""
    if len(pd) < 2 or np.isnan(pd).any():
        return NAN
    return kendall(-score, pd)


def _kappa(score: np.typing.NDArray[np.float64], pd: np.typing.NDArray[np.float64]) -> float:
    """Cohen's kappa of the two orders in fifths, with quadratic weights."""
    if len(pd) < FIFTHS or np.isnan(pd).any():
        return NAN
    return kappa(bands(-score), bands(pd), classes=FIFTHS, weighting="quadratic").value


def _apart(loans: Loans | None) -> Iterator[Figure]:
    """Bad rates where card and model differ, and of those that one would swap for the other's."""
    if loans is None or not loans.matured.any():
        return
    rows = loans.matured
    pd, risk, bad = loans.pd[rows], -loans.score[rows], loans.bad[rows]
    card, model = bands(risk), bands(pd)
    for name, label, where in (
        ("card_safe", Text("评分卡认为最安全、模型认为最危险", "safest fifth by the card, riskiest by the model"), (card == 0) & (model == model.max())),
        ("model_safe", Text("模型认为最安全、评分卡认为最危险", "safest fifth by the model, riskiest by the card"), (model == 0) & (card == card.max())),
    ):  # fmt: skip
        yield compared(
            "together.apart",
            (int(bad[where].sum()), int(where.sum())),
            (int(bad.sum()), len(bad)),
            About("apart", name, label),
        )
    swaps = swap_set(pd, risk, bad, accept_rate=ACCEPT)
    for name, label in (
        ("swapped_in", Text("模型换入", "swapped in by the model")),
        ("swapped_out", Text("模型换出", "swapped out by the model")),
    ):
        n, bads = getattr(swaps, name)
        yield compared("together.swap", (bads, n), (int(bad.sum()), len(bad)), About("swap", name, label))
