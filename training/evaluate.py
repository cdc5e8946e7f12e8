"""How good the challenger is on rows it never saw: overall, each rival, and segment by segment."""

from __future__ import annotations

import numpy as np

from scoring.metrics import calibration
from scoring.metrics.arrays import FloatArray, divided, weighed
from scoring.metrics.brier import brier
from scoring.metrics.estimate import Estimate
from scoring.metrics.gini import auc_of
from scoring.metrics.h_measure import h_measure_of
from scoring.metrics.ks import ks_of
from scoring.metrics.log_loss import log_loss
from scoring.metrics.roc import rank, roc
from training.intervals import DRAWS, Statistics, estimates
from training.judged import Judged, joined

SEGMENT_DRAWS = 200
LEAST_ROWS = 50
"""Smaller parts of a segment are shown together."""
_NEARLY = 1e-12


def overall(judged: Judged, *, seed: int) -> dict[str, Estimate]:
    """Every statistic of the challenger."""
    return estimates(of_score(judged.odds, judged.chance, judged.bad), judged.groups, seed=seed, count=DRAWS)


def of_rival(judged: Judged, name: str, *, seed: int) -> dict[str, Estimate]:
    """Every statistic of one rival; those of PDs only where it gives any."""
    rival = judged.rivals[name]
    return estimates(of_score(rival.score, rival.chance, judged.bad), judged.groups, seed=seed, count=SEGMENT_DRAWS)


def of_segments(judged: Judged, *, seed: int) -> dict[str, dict[str, dict[str, Estimate]]]:
    """Segment, its part, statistic: rows, bads, realised share, mean PD, AUC, Brier score, in the large."""
    found: dict[str, dict[str, dict[str, Estimate]]] = {}
    for name, labels in judged.segments.items():
        parts = joined(labels, LEAST_ROWS)
        found[name] = {}
        for part in np.unique(parts):
            rows = parts == part
            statistics = _of_part(judged.odds[rows], judged.chance[rows], judged.bad[rows])
            found[name][str(part)] = estimates(statistics, judged.groups[rows], seed=seed, count=SEGMENT_DRAWS)
    return found


def of_score(score: FloatArray, chance: FloatArray | None, bad: FloatArray) -> Statistics:
    """The statistics of one score as a function of weights."""
    ranking = rank(score)
    sure = None if chance is None else chance.clip(_NEARLY, 1 - _NEARLY)

    def statistics(weights: FloatArray | None) -> dict[str, FloatArray]:
        curve = roc(ranking, bad, weights)
        area = auc_of(curve)
        found = {"auc": area, "gini": 2 * area - 1, "ks": ks_of(curve), "h_measure": h_measure_of(curve)}
        if sure is not None:
            found |= {
                "brier": brier(sure, bad, weights=weights),
                "log_loss": log_loss(sure, bad, weights=weights),
                "ece": calibration.ece(sure, bad, weights=weights),
                "in_the_large": calibration.in_the_large(sure, bad, weights=weights),
                "slope": calibration.slope(sure, bad, weights=weights),
            }
        return found

    return statistics


def _of_part(score: FloatArray, chance: FloatArray, bad: FloatArray) -> Statistics:
    ranking = rank(score)
    sure = chance.clip(_NEARLY, 1 - _NEARLY)

    def statistics(weights: FloatArray | None) -> dict[str, FloatArray]:
        weight = weighed(weights, len(bad))
        total = weight.sum(axis=-1)
        return {
            "rows": total,
            "bads": weight @ bad,
            "bad_rate": divided(weight @ bad, total),
            "mean_chance": divided(weight @ sure, total),
            "auc": auc_of(roc(ranking, bad, weights)),
            "brier": brier(sure, bad, weights=weights),
            "in_the_large": calibration.in_the_large(sure, bad, weights=weights),
        }

    return statistics
