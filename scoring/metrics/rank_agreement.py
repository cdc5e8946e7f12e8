"""Whether two scores order the same rows alike: Kendall's tau-b and Spearman's rho, both with ties.

Kendall (1945), "The treatment of ties in ranking problems": pairs ordered alike less pairs ordered otherwise, over
the geometric mean of the pairs that each score orders at all. Spearman (1904), "The proof and measurement of
association between two things": Pearson's correlation of average ranks.
"""

from __future__ import annotations

import math

import numpy as np

from scoring.metrics.arrays import FloatArray, IntArray
from scoring.metrics.ranks import average_ranks

_NAN = float("nan")


def kendall(one: FloatArray, other: FloatArray) -> float:
    """Tau-b, -1 to 1, in O(n log n); NaN where either score orders no pair."""
    x, y = (np.unique(it, return_inverse=True)[1].astype(np.int64) for it in (one, other))
    pairs = len(x) * (len(x) - 1) // 2
    tied_x, tied_y = _tied(x), _tied(y)
    if pairs in (tied_x, tied_y):
        return _NAN
    both = _tied(np.unique(np.stack([x, y]), axis=1, return_inverse=True)[1].astype(np.int64))
    otherwise = _inversions(y[np.lexsort((y, x))])
    alike_less_otherwise = pairs - tied_x - tied_y + both - 2 * otherwise
    return alike_less_otherwise / math.sqrt(pairs - tied_x) / math.sqrt(pairs - tied_y)


def spearman(one: FloatArray, other: FloatArray) -> float:
    """Rho, -1 to 1; NaN where either score orders no pair."""
    if not len(one):
        return _NAN
    x, y = (ranks - ranks.mean() for ranks in (average_ranks(one), average_ranks(other)))
    under = math.sqrt(float(x @ x)) * math.sqrt(float(y @ y))
    return float(x @ y) / under if under > 0 else _NAN


def _tied(codes: IntArray) -> int:
    """Pairs of rows with the same code."""
    counts = np.bincount(codes)
    return int((counts * (counts - 1) // 2).sum())


def _inversions(codes: IntArray) -> int:
    """Pairs in which the earlier code is the greater, counted bit by bit.

    Rows are kept in order within groups that share all higher bits; a pair that parts at this bit is an
    inversion where the 1 stands before the 0.
    """
    found, group = 0, np.zeros(len(codes), np.int64)
    for bit in range(int(codes.max(initial=0)).bit_length() - 1, -1, -1):
        one = (codes >> bit) & 1
        before = np.cumsum(one) - one
        starts = np.flatnonzero(np.diff(group, prepend=-1))
        within = before - np.repeat(before[starts], np.diff(np.append(starts, len(group))))
        found += int(within[one == 0].sum())
        order = np.argsort(2 * group + one, kind="stable")
        codes, group = codes[order], (2 * group + one)[order]
    return found
