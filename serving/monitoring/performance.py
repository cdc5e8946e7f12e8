"""How the model did on loans that it never trained on and that have an outcome; and what can be said before there is one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from scoring.metrics import calibration
from scoring.metrics.arrays import FloatArray
from scoring.metrics.brier import brier
from scoring.metrics.estimate import Estimate, two_sided, wald
from scoring.metrics.gini import auc, gini
from scoring.metrics.ks import ks
from scoring.metrics.log_loss import log_loss
from scoring.policy.elements import Text
from serving.monitoring.figure import NAN, About, Figure, Unit
from serving.monitoring.frame import Loans, Period
from serving.monitoring.population import compared

DRAWS, SEED = 100, 20
"""Resamplings of the loans behind each interval, and what they start from: the same rows give the same interval."""
_BLOCK = 4_000_000
Statistic = Callable[..., FloatArray]
_STATISTICS: Mapping[str, tuple[Statistic, Unit]] = {
    "auc": (auc, "index"),
    "gini": (gini, "index"),
    "ks": (ks, "index"),
    "brier": (brier, "index"),
    "log_loss": (log_loss, "index"),
    "ece": (calibration.ece, "share"),
    "in_the_large": (calibration.in_the_large, "odds"),
    "slope": (calibration.slope, "index"),
}
_PERFECT = {"in_the_large": 0.0, "slope": 1.0}
_CARD = About("rival", "card", Text("评分卡得分", "the card's score"))
_PREVIOUS = About("rival", "previous", Text("上一版模型", "the previous model"))


def figures(period: Period) -> list[Figure]:
    """Realised performance, against promotion and rivals, by vintage; the estimate of loans without an outcome."""
    loans = period.loans
    if loans is None or not len(loans) or np.isnan(loans.pd).all():
        return []
    return [*_realised(period, loans), *_rivals(loans), *_by_vintage(loans), *_estimated(loans)]


def _realised(period: Period, loans: Loans) -> Iterator[Figure]:
    rows = loans.matured
    pd, bad = loans.pd[rows], loans.bad[rows]
    yield against_pd("challenger.bad_rate", loans, rows, About())
    weights = draws(len(bad))
    for name, (statistic, unit) in _STATISTICS.items():
        found, error = _estimate(statistic, pd, bad, weights)
        promised = period.promised.get(name, _PERFECT.get(name, NAN))
        yield Figure(
            f"challenger.{name}", found.value, len(bad), About(), unit, found.low, found.high,
            reference=promised, reference_n=period.training_rows if name in period.promised else 0,
            p=two_sided((found.value - promised) / error) if error > 0 else NAN,
        )  # fmt: skip


def _rivals(loans: Loans) -> Iterator[Figure]:
    """AUC of the model less that of each rival, on the same loans."""
    rows = loans.matured
    pd, bad = loans.pd[rows], loans.bad[rows]
    weights = draws(len(bad))
    rivals = [(_CARD, -loans.score[rows])]
    if loans.previous_pd is not None:
        rivals.append((_PREVIOUS, loans.previous_pd[rows]))
    for about, risk in rivals:
        value = float(auc(pd, bad)) - float(auc(risk, bad))
        drawn = auc(pd, bad, weights=weights) - auc(risk, bad, weights=weights) if len(bad) else np.zeros(0)
        error = _spread(drawn)
        found = wald(value, error)
        p = two_sided(value / error) if error > 0 else NAN
        yield Figure(
            "challenger.auc_gain", value, len(bad), about, "index", found.low, found.high,
            reference=0.0, reference_n=len(bad), p=p,
        )  # fmt: skip


def _by_vintage(loans: Loans) -> Iterator[Figure]:
    """The realised share of bad of each vintage with an outcome, against its mean PD."""
    rows = loans.matured
    for vintage in np.unique(loans.vintage[rows]).tolist():
        about = About("vintage", vintage, Text(vintage, vintage))
        yield against_pd("challenger.bad_rate", loans, rows & (loans.vintage == vintage), about)


def against_pd(figure_id: str, loans: Loans, rows: np.typing.NDArray[np.bool_], about: About) -> Figure:
    """The realised share of bad against the mean PD of the same loans."""
    pd, bad = loans.pd[rows], loans.bad[rows]
    found = compared(figure_id, (int(bad.sum()), len(bad)), (0, 0), about)
    if not len(bad):
        return found
    expected, error = float(pd.mean()), float(np.sqrt((pd * (1 - pd)).sum()) / len(pd))
    return Figure(
        figure_id, found.value, found.n, about, "share", found.low, found.high,
        reference=expected, reference_n=len(bad), p=two_sided((found.value - expected) / error),
    )  # fmt: skip


def _estimated(loans: Loans) -> Iterator[Figure]:
    """Expected share of bad among the quarter's new loans, from their PDs alone; their outcomes are not known."""
    pd = loans.pd[loans.new & ~np.isnan(loans.pd)]
    if len(pd):
        error = float(np.sqrt((pd * (1 - pd)).sum()) / len(pd))
        found = wald(float(pd.mean()), error, least=0.0, most=1.0)
        yield Figure("challenger.estimated_bad_rate", found.value, len(pd), About(), "share", found.low, found.high)


def draws(rows: int) -> FloatArray:
    """Weights of resampled rows (DRAWS, rows); the same for the same number of rows."""
    if not rows:
        return np.zeros((DRAWS, 0))
    random = np.random.default_rng([SEED, rows])
    return random.poisson(1.0, (DRAWS, rows)).astype(np.float64)


def _estimate(statistic: Statistic, pd: FloatArray, bad: FloatArray, weights: FloatArray) -> tuple[Estimate, float]:
    """The value with Wald's interval by the spread over resamplings, and that spread."""
    if not len(bad):
        return Estimate(NAN, NAN, NAN), NAN
    value = float(statistic(pd, bad))
    block = max(1, _BLOCK // len(bad))
    drawn = [statistic(pd, bad, weights=weights[at : at + block]) for at in range(0, DRAWS, block)]
    error = _spread(np.concatenate([np.atleast_1d(it) for it in drawn]))
    return wald(value, error), error


def _spread(drawn: FloatArray) -> float:
    known = drawn[np.isfinite(drawn)]
    return float(np.std(known, ddof=1)) if len(known) > 1 else NAN
