"""Challenger against rival on the same rows: better, worse, or no significant difference; and the swap set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from scoring.metrics.arrays import FloatArray
from scoring.metrics.brier import brier
from scoring.metrics.estimate import Estimate
from scoring.metrics.gini import auc_of
from scoring.metrics.roc import rank, roc
from scoring.metrics.swap_set import SwapSet, swap_set
from training.intervals import DRAWS, Statistics, estimates
from training.judged import Judged

Verdict = Literal["better", "worse", "not significant"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """auc: challenger minus rival, both under the same draws of groups. brier: the same, below 0 is better."""

    verdict: Verdict
    auc: Estimate
    brier: Estimate | None
    swaps: SwapSet


def compare(judged: Judged, name: str, *, accept_rate: float, seed: int) -> Comparison:
    """The paired test: the verdict is in words what the interval of the AUC difference says."""
    rival = judged.rivals[name]
    found = estimates(_differences(judged, name), judged.groups, seed=seed, count=DRAWS)
    swaps = swap_set(judged.odds, rival.score, judged.bad, accept_rate=accept_rate)
    return Comparison(in_words(found["auc"]), found["auc"], found.get("brier"), swaps)


def in_words(difference: Estimate) -> Verdict:
    """An interval that holds 0 (or could not be had) proves nothing."""
    if difference.low > 0:
        return "better"
    return "worse" if difference.high < 0 else "not significant"


def _differences(judged: Judged, name: str) -> Statistics:
    rival = judged.rivals[name]
    ours, theirs = rank(judged.odds), rank(rival.score)

    def statistics(weights: FloatArray | None) -> dict[str, FloatArray]:
        bad = judged.bad
        found = {"auc": auc_of(roc(ours, bad, weights)) - auc_of(roc(theirs, bad, weights))}
        if rival.chance is not None:
            found["brier"] = brier(judged.chance, bad, weights=weights) - brier(rival.chance, bad, weights=weights)
        return found

    return statistics
