"""What judging found, before it is written down anywhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scoring.metrics.estimate import Estimate
from training.compare import Comparison
from training.fairness import Fairness


@dataclass(frozen=True, slots=True)
class Results:
    """Statistics of the challenger and of each rival, paired comparisons, segments, fairness, and the checks.

    alone: AUC of each feature alone. copied: see :func:`training.leakage.copied`. reversals: by constrained feature, pairs of leaves and steps of the sweep. moved: PSI by feature.
    """

    overall: Mapping[str, Estimate]
    rivals: Mapping[str, Mapping[str, Estimate]]
    compared: Mapping[str, Comparison]
    segments: Mapping[str, Mapping[str, Mapping[str, Estimate]]]
    fair: Mapping[str, Fairness]
    alone: Mapping[str, float]
    afterwards: tuple[str, ...]
    copied: float
    reversals: Mapping[str, int]
    moved: Mapping[str, float]
    score_psi: float
    additivity: float
