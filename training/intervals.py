"""Bootstrap intervals: whole groups drawn with replacement, seeded, all statistics on the same draws."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from scoring.metrics.arrays import FloatArray, IntArray
from scoring.metrics.estimate import Estimate

Statistics = Callable[[FloatArray | None], dict[str, FloatArray]]
"""From weights (b, n) to named values (b,); from None to single values. Named together, so that what they share
(a sorted curve) is computed once."""
DRAWS = 400
LEVEL = 0.95
_CELLS = 2_000_000
"""Weights held at once: draws are made in blocks of about this many cells."""


def draws(groups: IntArray, *, seed: int, count: int = DRAWS) -> Iterator[FloatArray]:
    """Blocks of weights (b, n): how often each row's group was drawn."""
    names, place = np.unique(groups, return_inverse=True)
    rng = np.random.default_rng(seed)
    block = max(1, _CELLS // max(len(groups), 1))
    for start in range(0, count, block):
        drawn = []
        for _ in range(min(block, count - start)):
            picked = rng.integers(0, len(names), len(names))
            drawn.append(np.bincount(picked, minlength=len(names))[place].astype(np.float64))
        yield np.array(drawn)


def estimates(statistics: Statistics, groups: IntArray, *, seed: int, count: int = DRAWS) -> dict[str, Estimate]:
    """Each statistic with its 95 % interval by percentiles of the draws."""
    values = {name: float(value) for name, value in statistics(None).items()}
    found: dict[str, list[FloatArray]] = {name: [] for name in values}
    for weights in draws(groups, seed=seed, count=count):
        for name, drawn in statistics(weights).items():
            found[name].append(np.atleast_1d(drawn))
    return {name: _estimate(value, found[name]) for name, value in values.items()}


def _estimate(value: float, values: list[FloatArray]) -> Estimate:
    drawn = np.concatenate(values) if values else np.zeros(0)
    drawn = drawn[~np.isnan(drawn)]
    if not len(drawn) or np.isnan(value):
        return Estimate(value, float("nan"), float("nan"))
    low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(value, float(low), float(high))
