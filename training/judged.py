"""The rows that judge, with what the challenger and its rivals said of them without having seen them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from scoring.metrics.arrays import FloatArray, IntArray
from training.arrays import TextArray
from training.rivals import Judgement

OTHERS = "(other)"


@dataclass(frozen=True, slots=True)
class Judged:
    """Pooled over splits: each row is judged by the model of the split that held it out.

    rows: their numbers in the table (n,). odds, chance: calibrated log-odds and PD. in_training: PDs that the
    same models gave to the rows that trained them, for the stability index.
    """

    rows: IntArray
    bad: FloatArray
    groups: IntArray
    odds: FloatArray
    chance: FloatArray
    in_training: FloatArray
    rivals: Mapping[str, Judgement]
    segments: Mapping[str, TextArray]


def joined(labels: TextArray, least: int) -> TextArray:
    """Labels with those of fewer than ``least`` rows put together: a share of ten rows says nothing."""
    names, place, counts = np.unique(labels, return_inverse=True, return_counts=True)
    shown = np.where(counts < least, OTHERS, np.where(names == "", "(none)", names))
    return shown[place]
