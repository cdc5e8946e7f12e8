"""What the challenger must not be worse than, fitted and asked on the same rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from scoring.metrics.arrays import FloatArray, IntArray, probability
from training.calibrate import Calibration, affine
from training.table import Table
from training.woe import fit_woe

WOE, BINDING, PREVIOUS = "woe", "binding", "previous"


class Previous(Protocol):
    """The challenger in force so far: names of its features, and its log-odds on a matrix of them."""

    @property
    def names(self) -> Sequence[str]:
        """Its features, in the order of its matrix."""
        ...

    def odds(self, matrix: FloatArray) -> FloatArray:
        """Calibrated log-odds (n,)."""
        ...


@dataclass(frozen=True, slots=True)
class Judgement:
    """One rival on the judged rows: a score (n,), higher riskier, and PDs where it gives any."""

    score: FloatArray
    chance: FloatArray | None


def judge_rivals(train: Table, test: Table, previous: Previous | None) -> dict[str, Judgement]:
    """Every rival that can be asked, on the rows of ``test``."""
    odds = fit_woe(train).odds(test.matrix)
    found = {WOE: Judgement(odds, probability(odds))}
    if test.binding is not None and train.binding is not None:
        found[BINDING] = _binding(train, -test.binding)
    places = _places(train, previous)
    if previous is not None and places is not None:
        odds = previous.odds(test.matrix[:, places])
        found[PREVIOUS] = Judgement(odds, probability(odds))
    return found


def _binding(train: Table, score: FloatArray) -> Judgement:
    """The binding score says no PD; one is read from it by the same affine map that calibrates a model."""
    assert train.binding is not None
    seen = -train.binding
    middle, spread = float(seen.mean()), float(seen.std()) or 1.0
    slope, intercept = affine((seen - middle) / spread, train.target)
    return Judgement(score, Calibration(slope, intercept).chance((score - middle) / spread))


def _places(table: Table, previous: Previous | None) -> IntArray | None:
    """Columns of the matrix that the previous challenger reads; None where it cannot read this table."""
    names = [it.name for it in table.features]
    if previous is None or not set(previous.names) <= set(names):
        return None
    return np.array([names.index(name) for name in previous.names], np.int64)
