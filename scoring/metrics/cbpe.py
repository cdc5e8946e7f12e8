"""Expected performance before any outcome is known, from calibrated PDs alone, in closed form.

The idea is NannyML's confidence-based performance estimation (Kivimäki et al. 2025, "Confidence-based
estimators for predictive performance in model monitoring"): if each PD is right, each row is bad with that
chance, and what a statistic will be follows from the PDs.

**It is blind to a change in why people default.** It takes the PDs at their word: if prices fall, or a model's
signal dies, PDs stay as they were and so does the expected performance, however many loans go bad. It sees
only that the mix of households has changed. Compare it with what young loans do; decide nothing by it alone.

Standard errors are those of the outcomes given the PDs: where the realised figure of as many rows would lie if
every PD were right. They hold neither the model's error nor loans that go bad together.
"""

from __future__ import annotations

import math

import numpy as np

from scoring.metrics.arrays import FloatArray, log_odds
from scoring.metrics.estimate import Measure
from scoring.metrics.roc import rank

_NAN = float("nan")


def expected_bad_rate(chance: FloatArray) -> Measure:
    """Share of bad: the mean PD; error sqrt(sum p(1 - p)) / n."""
    return _mean(chance, np.ones(len(chance)), chance)


def expected_brier(chance: FloatArray) -> Measure:
    """Brier score: mean p(1 - p)."""
    return _mean(chance * (1 - chance), 1 - 2 * chance, chance)


def expected_log_loss(chance: FloatArray) -> Measure:
    """Log-loss in nats: mean entropy of the PDs. chance: strictly between 0 and 1."""
    odds = log_odds(chance)
    return _mean(-(chance * np.log(chance) + (1 - chance) * np.log1p(-chance)), -odds, chance)


def expected_auc(score: FloatArray, chance: FloatArray) -> Measure:
    """AUC of any score (higher is riskier) were every row bad with its chance.

    Of all pairs of two rows, those ordered rightly (ties half) weighted by the chance that the first is bad and
    the second good, over the same weights of all pairs; within 1/n of the mean AUC over outcomes. The error is by
    the delta method. NaN where no pair can be had (fewer than two rows, every chance 0 or 1 alike).
    """
    if not len(chance):
        return Measure(_NAN, _NAN)
    ranking = rank(score)
    p = np.asarray(chance, np.float64)[ranking.order]
    q = 1 - p
    block = np.repeat(np.arange(len(ranking.ends)), np.diff(ranking.ends, prepend=-1))
    bad_here, good_here = np.bincount(block, p), np.bincount(block, q)
    bad_above, good_below = np.cumsum(bad_here) - bad_here, good_here.sum() - np.cumsum(good_here)
    wins = good_below[block] + (good_here[block] - q) / 2
    losses = bad_above[block] + (bad_here[block] - p) / 2
    n_bad, n_good = p.sum(), q.sum()
    pairs = float(n_bad * n_good - p @ q)
    if pairs <= 0:
        return Measure(_NAN, _NAN)
    value = float(p @ wins) / pairs
    pull = (wins - losses - value * ((n_good - q) - (n_bad - p))) / pairs
    return Measure(value, math.sqrt(float((p * q) @ pull**2)))


def _mean(value: FloatArray, pull: FloatArray, chance: FloatArray) -> Measure:
    """The mean of one value a row; ``pull`` is what a row that proves bad adds over one that proves good."""
    rows = len(chance)
    if not rows:
        return Measure(_NAN, _NAN)
    return Measure(float(value.mean()), math.sqrt(float((chance * (1 - chance)) @ pull**2)) / rows)
