"""Inner edges that part a sample into bins, of which none hides what happens inside it.

Plain quantiles join a feature's one great value (0 for nine households in ten) with its neighbours, and the
rest of its values into one bin, where a change of scale would not show. Here every value that holds a bin's
worth of rows has a bin of its own, and the other rows are parted by their own quantiles.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from scoring.metrics.arrays import FloatArray

BINS = 10
_LEAST_BINS = 4
"""Bins of the rows outside the great values, however many of these there are."""
_LEAST_ROWS = 20


def parting_edges(known: FloatArray, bins: int = BINS) -> FloatArray:
    """Inner edges, ascending; bin i holds ``edges[i - 1] < value <= edges[i]``. known: (n,) without NaN."""
    values, counts = np.unique(known, return_counts=True)
    great = counts * bins >= len(known)
    at = np.flatnonzero(great)
    around = np.union1d(values[at[at > 0] - 1], values[at[at < len(values) - 1]])
    rest = np.sort(known[~np.isin(known, values[great])])
    parts = min(max(_LEAST_BINS, bins - len(at)), len(rest) // _LEAST_ROWS)
    if parts < 2:
        return around
    least = len(rest) / (2 * parts)
    ends = np.concatenate([[-np.inf], around, [np.inf]])
    kept: list[float] = []
    for low, high in pairwise(ends.tolist()):
        inside = rest[(rest > low) & (rest <= high)]
        pieces = min(round(len(inside) / (2 * least)), len(inside) // _LEAST_ROWS)
        if pieces > 1:
            found = np.quantile(inside, np.linspace(0, 1, pieces + 1)[1:-1], method="inverted_cdf")
            kept.extend(found[found < inside[-1]].tolist())
    return np.union1d(around, kept)
