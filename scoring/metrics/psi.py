"""PSI: how far a distribution has moved: sum of (now - then) * ln(now / then) over bins.

By custom below 0.1 is stable, 0.1 to 0.25 deserves a look, above 0.25 is another population.
"""

from __future__ import annotations

import numpy as np

from scoring.metrics.arrays import FloatArray

BINS = 10
_LEAST = 1e-4
"""Share that stands for an empty bin, so that one value never seen before does not make the index infinite."""


def edges_of(then: FloatArray, bins: int = BINS) -> FloatArray:
    """Inner edges of about equal shares of the known values; fewer where values repeat."""
    known = then[~np.isnan(then)]
    return np.unique(np.quantile(known, np.linspace(0, 1, bins + 1)[1:-1])) if len(known) else np.zeros(0)


def shares_of(values: FloatArray, edges: FloatArray) -> FloatArray:
    """Share of rows in each bin (len(edges) + 2,): the last bin holds the missing ones."""
    place = np.where(np.isnan(values), len(edges) + 1, np.searchsorted(edges, values, side="left"))
    counts: FloatArray = np.bincount(place, minlength=len(edges) + 2).astype(np.float64)
    return counts / max(len(values), 1)


def psi(then: FloatArray, now: FloatArray) -> float:
    """The index of two shares over the same bins."""
    before, after = np.maximum(then, _LEAST), np.maximum(now, _LEAST)
    return float(((after - before) * np.log(after / before)).sum())


def psi_of(then: FloatArray, now: FloatArray, *, bins: int = BINS) -> float:
    """The index of two samples, binned by the first."""
    edges = edges_of(then, bins)
    return psi(shares_of(then, edges), shares_of(now, edges))
