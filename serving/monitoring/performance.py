"""How the model did on loans that it never trained on and that have an outcome; and what can be said before there is one."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from scoring.metrics import calibration
from scoring.metrics.arrays import FloatArray
from scoring.metrics.auc_interval import auc_difference, auc_measure, gini_measure
from scoring.metrics.calibration_interval import in_the_large_measure, slope_measure
from scoring.metrics.cbpe import expected_auc, expected_bad_rate, expected_brier
from scoring.metrics.estimate import Measure, two_sided
from scoring.metrics.ks import ks
from scoring.policy.elements import Text
from serving.monitoring.figure import NAN, About, Figure, Unit
from serving.monitoring.frame import Loans, Period
from serving.monitoring.population import compared

DRAWS, SEED = 100, 20
"""Resamplings of the loans behind the intervals that have no closed form, and what they start from."""
_BLOCK = 4_000_000
Statistic = Callable[..., FloatArray]
_MEASURES: Mapping[str, tuple[Callable[[FloatArray, FloatArray], Measure], Unit]] = {
    "auc": (auc_measure, "index"),
    "gini": (gini_measure, "index"),
    "ks": (lambda pd, bad: _resampled(ks, pd, bad), "index"),
    "brier": (lambda pd, bad: _of_rows((pd - bad) ** 2), "index"),
    "log_loss": (lambda pd, bad: _of_rows(-np.where(bad > 0, np.log(pd), np.log1p(-pd))), "index"),
    "ece": (lambda pd, bad: _resampled(calibration.ece, pd, bad), "share"),
    "in_the_large": (in_the_large_measure, "odds"),
    "slope": (slope_measure, "index"),
}
_PERFECT = {"in_the_large": 0.0, "slope": 1.0}
_ESTIMATES: Sequence[tuple[str, Callable[[FloatArray], Measure], Unit]] = (
    ("bad_rate", expected_bad_rate, "share"),
    ("auc", lambda pd: expected_auc(pd, pd), "index"),
    ("brier", expected_brier, "index"),
)
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
    for name, (measure, unit) in _MEASURES.items():
        measured = measure(pd, bad)
        found = measured.estimate()
        promised = period.promised.get(name, _PERFECT.get(name, NAN))
        rows_then = period.training_rows if name in period.promised else 0
        yield Figure(
            f"challenger.{name}", found.value, len(bad), About(), unit, found.low, found.high,
            reference=promised, reference_n=rows_then,
            p=against_promise(measured, promised, rows=len(bad), rows_then=rows_then),
        )  # fmt: skip


def against_promise(measured: Measure, promised: float, *, rows: int, rows_then: int) -> float:
    """The chance of so great a distance from what was measured at promotion, had nothing changed; NaN where there is no error.

    That was measured on a sample too: its error is taken to be that of as many rows as trained. rows_then: 0 where the promise is exact.
    """
    error = measured.error * math.sqrt(1 + (rows / rows_then if rows_then else 0.0))
    return two_sided((measured.value - promised) / error) if error > 0 else NAN


def _rivals(loans: Loans) -> Iterator[Figure]:
    """AUC of the model less that of each rival, on the same loans."""
    rows = loans.matured
    pd, bad = loans.pd[rows], loans.bad[rows]
    rivals = [(_CARD, -loans.score[rows])]
    if loans.previous_pd is not None:
        rivals.append((_PREVIOUS, loans.previous_pd[rows]))
    for about, risk in rivals:
        found = auc_difference(pd, risk, bad)
        yield Figure(
            "challenger.auc_gain", found.value, len(bad), about, "index", found.low, found.high,
            reference=0.0, reference_n=len(bad), p=found.p_value,
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
    """What the quarter's new loans will show if every PD is right: from their PDs alone, blind to *why* people default.

    Beside it the same of the loans that have an outcome by now, as it was before they had one.
    """
    pd, then = loans.pd[loans.new & ~np.isnan(loans.pd)], loans.pd[loans.matured]
    if not len(pd):
        return
    for name, estimate, unit in _ESTIMATES:
        found = estimate(pd).estimate(least=0.0, most=1.0)
        yield Figure(
            f"challenger.estimated_{name}", found.value, len(pd), About(), unit, found.low, found.high,
            reference=estimate(then).value if len(then) else NAN, reference_n=len(then),
        )  # fmt: skip


def draws(rows: int) -> FloatArray:
    """Weights of resampled rows (DRAWS, rows); the same for the same number of rows."""
    random = np.random.default_rng([SEED, rows])
    return random.poisson(1.0, (DRAWS, rows)).astype(np.float64)


def _of_rows(parts: FloatArray) -> Measure:
    """The mean of one number a row."""
    n = len(parts)
    return Measure(float(parts.mean()) if n else NAN, float(parts.std(ddof=1) / np.sqrt(n)) if n > 1 else NAN)


def _resampled(statistic: Statistic, pd: FloatArray, bad: FloatArray) -> Measure:
    """A statistic and its spread over resamplings."""
    if not len(bad):
        return Measure(NAN, NAN)
    weights, block = draws(len(bad)), max(1, _BLOCK // len(bad))
    drawn = [np.atleast_1d(statistic(pd, bad, weights=weights[at : at + block])) for at in range(0, DRAWS, block)]
    known = np.concatenate(drawn)
    known = known[np.isfinite(known)]
    return Measure(float(statistic(pd, bad)), float(known.std(ddof=1)) if len(known) > 1 else NAN)
