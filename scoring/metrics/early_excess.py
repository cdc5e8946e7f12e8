"""How many more loans of now fell late than earlier ones did at the same age: a stratified log-rank test with exact chances.

Mantel and Haenszel (1959), "Statistical aspects of the analysis of data from retrospective studies of disease", and
Mantel (1966) for ages as strata: in a stratum with n loans of which n1 are of now and d fell late, so many of the d are of
now by chance as a hypergeometric draw says, with mean n1 d / n and variance n1 n0 d (n - d) / (n² (n - 1)). Strata are
independent, so the chance of so many in all of them together is that of the convolution of the draws: exact, where a normal
approximation says of a township's dozen late loans that far too much is beyond chance. Half of what equals the observed counts
as beyond it (mid-p; Lancaster 1961). How many times as many: the Mantel-Haenszel risk ratio with the variance of Greenland and
Robins (1985), "Estimation of a common effect parameter from sparse follow-up data".
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from scoring.metrics.arrays import FloatArray, IntArray
from scoring.metrics.estimate import Z

NEVER_LATE = 0.5
"""So many late loans count for earlier ones of which none was ever late: a ratio must stand under something."""


@dataclass(frozen=True, slots=True)
class Excess:
    """observed: late loans of now. expected, variance: of that number, had nothing changed. ratio: how many times as many as
    earlier ones at the same age, low and high its 95 % interval. p: the chance of as many or more had nothing changed.

    NaN where nothing can be compared.
    """

    observed: int
    expected: float
    variance: float
    ratio: float
    low: float
    high: float
    p: float


def early_excess(late_now: IntArray, rows_now: IntArray, late_then: IntArray, rows_then: IntArray) -> Excess:
    """Now against then. All (n_strata,): loans at risk of falling late within the stratum's age, and how many did.

    A stratum that has loans on one side only compares nothing and is left out.
    """
    both = (rows_now > 0) & (rows_then > 0)
    a, n1, c, n0 = (np.asarray(it, np.float64)[both] for it in (late_now, rows_now, late_then, rows_then))
    if not len(a):
        return Excess(0, *[math.nan] * 6)
    n, d = n1 + n0, a + c
    variance = n1 * n0 * d * (n - d) / (n * n * np.maximum(n - 1, 1))
    ratio, low, high = _ratio(a, n1, c, n0)
    return Excess(
        observed=int(a.sum()),
        expected=float((n1 * d / n).sum()),
        variance=float(variance.sum()),
        ratio=ratio,
        low=low,
        high=high,
        p=_beyond(int(a.sum()), n1, n0, d),
    )


def _ratio(a: FloatArray, n1: FloatArray, c: FloatArray, n0: FloatArray) -> tuple[float, float, float]:
    """The ratio of the two risks with its interval; NaN without any late loan of now's and then's."""
    n = n1 + n0
    over, under = float((a * n0 / n).sum()), float((c * n1 / n).sum())
    if not over + under:
        return math.nan, math.nan, math.nan
    spread = float(((n1 * n0 * (a + c) - a * c * n) / (n * n)).sum())
    if not over or not under:  # half a late loan on the side that has none, at the mean weight of a loan there
        weight = n1 if not under else n0
        more = NEVER_LATE * float((weight * weight / n).sum() / weight.sum())
        over, under, spread = (over or more), (under or more), spread + more
    error = math.sqrt(spread / (over * under))
    ratio = over / under
    return ratio, ratio * math.exp(-Z * error), ratio * math.exp(Z * error)


def _beyond(observed: int, n1: FloatArray, n0: FloatArray, d: FloatArray) -> float:
    """The chance of more than ``observed`` and half that of as many."""
    chances, least = np.ones(1), 0
    for ours, theirs, late in zip(n1, n0, d, strict=True):
        if late:
            low, drawn = _drawn(int(ours), int(theirs), int(late))
            chances, least = np.convolve(chances, drawn), least + low
    place = observed - least
    return min(1.0, float(chances[place + 1 :].sum() + chances[place] / 2))


def _drawn(ours: int, theirs: int, late: int) -> tuple[int, FloatArray]:
    """The least number of the late that can be ours, and the chance of it and of each further one."""
    low, high = max(0, late - theirs), min(late, ours)
    k = np.arange(low, high, dtype=np.float64)
    steps = np.log((ours - k) * (late - k)) - np.log((k + 1) * (theirs - late + k + 1))
    logs = np.concatenate([[0.0], np.cumsum(steps)])
    chances = np.exp(logs - logs.max())
    return low, chances / chances.sum()
