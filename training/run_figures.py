"""Figures of a run that are not statistics: counts, limits, facts of the model."""

from __future__ import annotations

import numpy as np

from scoring.metrics.wilson import wilson
from training.calibrate import Calibration
from training.explain import Explained
from training.figures import key
from training.fit import Fitted
from training.judged import Judged
from training.plan import Plan
from training.split import Split
from training.table import Table


def counts(table: Table, trains: Table, judged: Judged, parts: tuple[Split, ...], plan: Plan) -> dict[str, float]:
    """How many rows, bads, groups and features there were on each side, and the limits."""
    found = {
        "data.rows": len(table),
        "data.bads": table.target.sum(),
        "data.bad_rate": table.target.mean(),
        "data.features": len(table.features),
        "data.groups": len(np.unique(table.groups)),
        "data.left_out": sum(split.left_out for split in parts),
        "train.rows": len(trains),
        "train.bads": trains.target.sum(),
        "train.bad_rate": trains.target.mean(),
        "judged.rows": len(judged.rows),
        "judged.bads": judged.bad.sum(),
        "judged.bad_rate": judged.bad.mean(),
        "judged.mean_chance": judged.chance.mean(),
        "judged.splits": len(parts),
        "accept.rate": plan.accept_rate,
    } | {f"limit.{name}": value for name, value in plan.limits.as_dict().items()}
    return {name: float(value) for name, value in found.items()}


def of_source(table: Table) -> dict[str, float]:
    """The counts among the words that say where the rows come from, as figures."""
    return {key("source", name): float(words) for name, words in table.source.items() if words.isdecimal()}


def of_vintages(table: Table) -> dict[str, float]:
    """Rows, bads and share of bad of every vintage, judged or not, with Wilson intervals; empty where there are none."""
    labels = table.segments.get("vintage", np.array([], dtype="U6"))
    found: dict[str, float] = {}
    for vintage in np.unique(labels).tolist():
        bad = table.target[labels == vintage]
        rows, bads = float(len(bad)), float(bad.sum())
        low, high = wilson(bads, rows)
        values = {"rows": rows, "bads": bads, "bad_rate": bads / rows, "bad_rate.low": low, "bad_rate.high": high}
        found |= {key("vintage", vintage, name): value for name, value in values.items()}
    return found


def of_model(table: Table, fitted: Fitted, calibration: Calibration, explained: Explained) -> dict[str, float]:
    """Facts of the model kept, and the mean absolute contribution of each feature."""
    weight = np.abs(explained.contributions).mean(axis=0)
    return {key("importance", it.name): float(weight[at]) for at, it in enumerate(table.features)} | {
        "model.rounds": float(fitted.rounds),
        "model.tried": float(len(fitted.tried)),
        "model.base_value": explained.base,
        "calibration.slope": calibration.slope,
        "calibration.intercept": calibration.intercept,
        "calibration.used": float(calibration.used),
    }
