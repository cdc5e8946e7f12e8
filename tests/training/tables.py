"""Small tables with a known truth, drawn by a seed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np

from scoring.metrics.arrays import FloatArray, probability
from scoring.policy.elements import Text
from training.plan import Plan
from training.spec import TrainBefore
from training.table import Feature, Table
from training.trained import Trained

JUDGED_FROM = date(2020, 1, 1)
PLAN = Plan(TrainBefore(JUDGED_FROM))


def table(rows: int = 6000, *, seed: int = 0, level: float = -1.6, strength: float = 1.0) -> Table:
    """Four numbers (the first rises, the second falls with risk, the third is missing at times), a category, noise."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, 4))
    kind = rng.integers(0, 3, rows).astype(np.float64)
    odds = level + strength * (
        0.9 * x[:, 0] - 0.7 * x[:, 1] + 0.4 * x[:, 2] + np.array([-0.4, 0.0, 0.4])[kind.astype(int)]
    )
    bad = (rng.random(rows) < probability(odds)).astype(np.float64)
    x[rng.random(rows) < 0.15, 2] = np.nan
    groups = np.arange(rows) // 2
    day = np.datetime64("2018-01-01") + (groups * 1095 // groups.max()).astype("timedelta64[D]")
    return Table(
        name="drawn",
        matrix=np.column_stack([x, kind]),
        features=(
            _feature("debt", "负债", "debt", 1),
            _feature("income", "收入", "income", -1),
            _feature("visits", "走访", "visits", 1),
            _feature("noise", "噪声", "noise", 0),
            Feature("crop", Text("作物", "crop"), "category", special={"levels": ["a", "b", "c"]}),
        ),
        target=bad,
        ids=np.array([f"row-{number}" for number in range(rows)]),
        groups=groups.astype(np.int64),
        dates=day,
        segments={"vintage": _quarters(day), "side": rng.choice(["east", "west"], rows)},
        protected=("side",),
        binding=np.round(100 - 8 * odds + rng.normal(0, 12, rows)),
        source={"file": "drawn"},
        definition=Text("坏", "bad"),
    )


def shuffled(given: Table, *, seed: int = 1) -> Table:
    """The same rows with outcomes dealt anew."""
    return replace(given, target=np.random.default_rng(seed).permutation(given.target))


def with_column(given: Table, name: str, values: FloatArray) -> Table:
    """One number more."""
    feature = Feature(name, Text(name, name))
    return replace(given, matrix=np.column_stack([given.matrix, values]), features=(*given.features, feature))


def broken_regime(given: Table, *, seed: int = 2) -> Table:
    """From the judged day on incomes and debts are elsewhere, and the relation to the outcome is another one."""
    assert given.dates is not None
    later = given.dates >= np.datetime64(JUDGED_FROM)
    matrix, target = given.matrix.copy(), given.target.copy()
    matrix[later, 0] += 1.5
    matrix[later, 1] -= 1.5
    odds = -2.5 + 0.1 * matrix[later, 0] + 0.4 * matrix[later, 3]
    target[later] = np.random.default_rng(seed).random(int(later.sum())) < probability(odds)
    return replace(given, matrix=matrix, target=target)


def reasons(trained: Trained) -> set[str]:
    """Ids of the gate's reasons."""
    return {it.id for it in trained.gate.reasons}


def quiet(_: str) -> None:
    """Progress that nobody watches."""


def _feature(name: str, zh: str, en: str, monotone: int) -> Feature:
    return Feature(name, Text(zh, en), "number", monotone)  # type: ignore[arg-type]


def _quarters(days: np.ndarray) -> np.ndarray:
    months = days.astype("datetime64[M]").astype(int)
    return np.array([f"{1970 + it // 12}Q{it % 12 // 3 + 1}" for it in months])
