"""The model version as files: what training writes and serving reads.

A folder with ``model.txt`` (LightGBM's own text, never a pickle) and ``challenger.json``.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import numpy as np

from scoring.metrics.arrays import FloatArray
from scoring.metrics.estimate import Estimate
from scoring.metrics.psi import edges_of, shares_of
from scoring.metrics.wilson import wilson
from training.calibrate import Calibration
from training.gate import Gate
from training.judged import Judged
from training.table import Feature, Table

FORMAT = 1
MODEL, ABOUT = "model.txt", "challenger.json"
GRADE = "grade"
"""The segment that holds the binding grade."""
_SUPPORT = (0.001, 0.999)


def feature_set_of(table: Table) -> dict[str, str]:
    """Version and hash of the features: the table's own where it states one, else a hash of their list."""
    if "feature_set_sha256" in table.source:
        return {"version": table.source.get("feature_set", ""), "sha256": table.source["feature_set_sha256"]}
    text = json.dumps([feature_data(it) for it in table.features], sort_keys=True, ensure_ascii=False)
    return {"version": f"table-{table.name}", "sha256": hashlib.sha256(text.encode()).hexdigest()}


def feature_data(feature: Feature) -> dict[str, object]:
    """A feature as written in the artefact."""
    return {
        "name": feature.name,
        "dtype": feature.dtype,
        "monotone": feature.monotone,
        "special": dict(feature.special),
        "label": {"zh": feature.label.zh, "en": feature.label.en},
        "unit": feature.unit,
    }


def about(
    table: Table,
    *,
    model_sha256: str,
    calibration: Calibration,
    base: float,
    judged: Judged,
    gate: Gate,
    realised: Mapping[str, Estimate],
) -> dict[str, object]:
    """The content of ``challenger.json``, but for ``created_at``, which only who writes it knows.

    realised: every statistic on the judged rows, which the watch compares later loans with.
    """
    edges = edges_of(judged.chance)
    found: dict[str, object] = {
        "format": FORMAT,
        "name": table.name,
        "model_sha256": model_sha256,
        "feature_set": feature_set_of(table),
        "features": [feature_data(it) for it in table.features],
        "calibration": {"slope": calibration.slope, "intercept": calibration.intercept},
        "base_value": base,
        "support": support(table.matrix),
        "score_bins": edges.tolist(),
        "score_shares": shares_of(judged.chance, edges).tolist(),
        "pd_interval": pd_interval(judged.chance, judged.bad),
        "trained": window(table),
        "realised": {name: it.value for name, it in realised.items() if math.isfinite(it.value)},
        "definition": {"zh": table.definition.zh, "en": table.definition.en},
        "gate": {
            "verdict": gate.verdict,
            "reasons": [{"id": it.id, "zh": it.says.zh, "en": it.says.en} for it in gate.reasons],
        },
    }
    if grades := by_grade(judged):
        found["card_grade"] = grades
    return found


def window(table: Table) -> dict[str, object]:
    """The rows that trained: first and last observation day (None without days), their number, the bad ones."""
    first, last = (None, None) if table.dates is None else (str(table.dates.min()), str(table.dates.max()))
    return {"from": first, "to": last, "rows": len(table), "bads": int(table.target.sum())}


def by_grade(judged: Judged) -> dict[str, float]:
    """Mean PD of the judged rows of each grade of the card, where the table has grades."""
    labels = judged.segments.get(GRADE)
    if labels is None:
        return {}
    return {str(it): float(judged.chance[labels == it].mean()) for it in np.unique(labels) if it}


def support(matrix: FloatArray) -> list[dict[str, float | None]]:
    """The range of each feature that training knew, 0.1 % to 99.9 %; None where it knew no value."""
    found: list[dict[str, float | None]] = []
    for values in matrix.T:
        known = values[~np.isnan(values)]
        low, high = np.quantile(known, _SUPPORT).tolist() if len(known) else (None, None)
        found.append({"low": low, "high": high})
    return found


def pd_interval(chance: FloatArray, bad: FloatArray) -> dict[str, list[float]]:
    """By decile of PD on judged rows: inner edges, and the Wilson interval of the realised share in each."""
    edges = edges_of(chance)
    place = np.searchsorted(edges, chance, side="left")
    rows = np.bincount(place, minlength=len(edges) + 1)
    bads = np.bincount(place, bad, minlength=len(edges) + 1)
    ends = [wilson(float(hit), float(size)) for hit, size in zip(bads, rows, strict=True)]
    return {"edges": edges.tolist(), "low": [low for low, _ in ends], "high": [high for _, high in ends]}


def write(folder: Path, model_text: str, content: Mapping[str, object], created_at: datetime) -> Sequence[Path]:
    """Write both files; the folder is made where it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    dated = {"format": content["format"], "name": content["name"], "created_at": created_at.isoformat()} | dict(content)
    (folder / MODEL).write_bytes(model_text.encode())
    text = json.dumps(dated, ensure_ascii=False, indent=1, allow_nan=False)
    (folder / ABOUT).write_text(text + "\n", encoding="utf-8")
    return folder / MODEL, folder / ABOUT
