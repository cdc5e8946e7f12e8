"""What the pipeline costs beside the fit alone."""

from __future__ import annotations

import statistics
import time
from dataclasses import replace
from datetime import date

import lightgbm
import numpy as np

from tests.training import tables
from training.fit import lightgbm_parameters
from training.parameters import PARAMETERS
from training.pipeline import BOOTSTRAPS, train
from training.plan import Plan
from training.spec import TrainBefore


def test_all_but_the_bootstraps_takes_at_most_twice_a_bare_fit() -> None:
    """The peer fits the same rows for as many rounds as early stopping had to run, and does nothing else."""
    base = tables.table(20_000)
    wide = np.random.default_rng(1).normal(size=(len(base), 30)) + base.matrix[:, :1] * 0.2
    table = base
    for place in range(30):
        table = tables.with_column(table, f"wide_{place}", wide[:, place])
    table = replace(table, segments={}, protected=())
    plan = Plan(TrainBefore(date(2020, 6, 1)))
    assert table.dates is not None
    rows = np.flatnonzero(table.dates < np.datetime64("2020-06-01"))
    given = lightgbm_parameters(table.features, PARAMETERS, seed=1)
    ratios = []
    for _ in range(3):
        found = train(table, plan, progress=tables.quiet, seed=1)
        whole = sum(taken for step, taken in found.seconds.items() if step not in BOOTSTRAPS)
        rounds = int(found.figures["model.rounds"]) + PARAMETERS.patience
        start = time.perf_counter()
        lightgbm.train(given, lightgbm.Dataset(table.matrix[rows], table.target[rows], params=given), rounds)
        ratios.append(whole / (time.perf_counter() - start))
    assert statistics.median(ratios) <= 2, ratios
