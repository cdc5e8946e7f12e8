"""Whether the rows that judge look like those that trained: PSI of the score and of each feature."""

from __future__ import annotations

from scoring.metrics.arrays import FloatArray
from scoring.metrics.psi import edges_of, psi, psi_of, shares_of
from training.table import Feature, Table


def of_features(train: Table, test: Table) -> dict[str, float]:
    """PSI by feature; a category's bins are its values."""
    return {it.name: _psi(it, train.matrix[:, place], test.matrix[:, place]) for place, it in enumerate(train.features)}


def of_score(in_training: FloatArray, judged: FloatArray) -> float:
    """PSI of the PD."""
    return psi_of(in_training, judged)


def _psi(feature: Feature, then: FloatArray, now: FloatArray) -> float:
    if feature.dtype == "category":
        edges = edges_of(then, bins=1000)
        return psi(shares_of(then, edges), shares_of(now, edges))
    return psi_of(then, now)
