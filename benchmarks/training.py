"""What the training pipeline costs beside the fit alone, without its bootstraps.

The peer fits the same rows for as many rounds as early stopping had to run, and does nothing else.
The table is the generated one of the tests.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import date

import lightgbm
import numpy as np

from tests.training import tables
from training.boost import lightgbm_parameters
from training.parameters import PARAMETERS
from training.pipeline import BOOTSTRAPS, train
from training.plan import Plan
from training.spec import TrainBefore

BEFORE = date(2020, 6, 1)


@dataclass(frozen=True, slots=True)
class Cost:
    """Median seconds of pipeline and bare fit, and pipeline / fit: median, least, most of the pairs."""

    pipeline: float
    fit: float
    ratio: float
    low: float
    high: float


def cost(rows: int = 20_000, columns: int = 30, runs: int = 3) -> Cost:
    """Run both in turn on a table with so many more columns."""
    table = tables.table(rows)
    wide = np.random.default_rng(1).normal(size=(len(table), columns)) + table.matrix[:, :1] * 0.2
    for place in range(columns):
        table = tables.with_column(table, f"wide_{place}", wide[:, place])
    table = replace(table, segments={}, protected=())
    assert table.dates is not None
    before = np.flatnonzero(table.dates < np.datetime64(BEFORE))
    given = lightgbm_parameters(table.features, PARAMETERS, seed=1)
    pairs = []
    for _ in range(runs):
        found = train(table, Plan(TrainBefore(BEFORE)), progress=tables.quiet, seed=1)
        whole = sum(taken for step, taken in found.seconds.items() if step not in BOOTSTRAPS)
        rounds = int(found.figures["model.rounds"]) + PARAMETERS.patience
        start = time.perf_counter()
        lightgbm.train(given, lightgbm.Dataset(table.matrix[before], table.target[before], params=given), rounds)
        pairs.append((whole, time.perf_counter() - start))
    ratios = [mine / bare for mine, bare in pairs]
    mine, bare = (float(np.median(column)) for column in zip(*pairs, strict=True))
    return Cost(mine, bare, float(np.median(ratios)), min(ratios), max(ratios))
