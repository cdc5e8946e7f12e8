"""Artefacts of real models trained on random numbers, as training writes them."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any, Literal

import lightgbm
import numpy as np
from numpy.typing import NDArray

from feature_store.feature_set import FeatureSet
from scoring.canonical import sha256
from serving.challenger.load import Artefact
from serving.challenger.model_text import check
from serving.challenger.tree_text import ModelTextUnusable

BANDS = 10


def columns(features: int, *, rows: int = 1500, seed: int = 0) -> NDArray[np.float64]:
    """Random values with gaps, (rows, features)."""
    draw = np.random.default_rng(seed)
    found = draw.integers(0, 40, (rows, features)).astype(np.float64)
    found[draw.random(found.shape) < 0.1] = np.nan
    return found


def booster(
    features: int,
    *,
    seed: int = 0,
    trees: int = 30,
    feature_name: list[str] | Literal["auto"] = "auto",
    **parameters: Any,
) -> lightgbm.Booster:
    """A model of random outcomes."""
    draw, x = np.random.default_rng(seed + 1), columns(features, seed=seed)
    margin = np.nan_to_num(x[:, 0]) / 20 - np.nan_to_num(x[:, -1]) / 30 - 1.5
    y = (draw.random(len(x)) < 1 / (1 + np.exp(-margin))).astype(int)
    chosen = {
        "objective": "binary", "num_leaves": 15, "learning_rate": 0.1, "min_child_samples": 5, "seed": seed,
        "deterministic": True, "force_row_wise": True, "num_threads": 1, "verbose": -1, **parameters,
    }  # fmt: skip
    return lightgbm.train(chosen, lightgbm.Dataset(x, y, feature_name=feature_name, params={"verbose": -1}), trees)


def described(model: bytes, feature_set: FeatureSet, **changes: Any) -> dict[str, Any]:
    """The description of a model, with changes."""
    count = len(feature_set.features)
    empty = np.full((1, count), np.nan)
    slope, intercept = changes.pop("calibration", (0.9, -0.1))
    last = 0.0
    # LightGBM's own reader ends the process on some broken texts, so it only sees whole ones.
    with suppress(ModelTextUnusable):
        check(model, features=count)
        last = lightgbm.Booster(model_str=model.decode()).predict(empty, pred_contrib=True, num_threads=1)[0, -1]
    edges = [number / BANDS for number in range(1, BANDS)]
    return {
        "format": 1,
        "name": "lushi-challenger",
        "created_at": "2017-04-01T00:00:00+00:00",
        "model_sha256": sha256(model),
        "feature_set": {"version": feature_set.version, "sha256": feature_set.sha256},
        "features": [
            {"name": it.name, "dtype": it.dtype, "monotone": it.monotone, "special": {}, "unit": it.unit,
             "label": {"zh": it.label.zh, "en": it.label.en}}
            for it in feature_set.features
        ],
        "calibration": {"slope": slope, "intercept": intercept},
        "base_value": intercept + slope * float(last),
        "support": [{"low": 0.0, "high": 39.0}] * count,
        "score_bins": edges,
        "score_shares": [1 / BANDS] * BANDS,
        "pd_interval": {
            "edges": edges,
            "low": [max(number / BANDS - 0.02, 0) for number in range(BANDS)],
            "high": [(number + 1) / BANDS for number in range(BANDS)],
        },
        "trained": {"from": "2016-01-01", "to": "2016-12-31", "rows": 1500, "bads": 300},
        "definition": {},
        "gate": {"verdict": "promote", "reasons": []},
        **changes,
    }  # fmt: skip


def artefact(feature_set: FeatureSet, *, model: bytes | None = None, seed: int = 0, **changes: Any) -> Artefact:
    """A whole artefact of a feature set."""
    text = model if model is not None else booster(len(feature_set.features), seed=seed).model_to_string().encode()
    return Artefact(text, json.dumps(described(text, feature_set, **changes)).encode())
