"""One household's opinion against LightGBM's own answer, and what an opinion adds to a decision."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import lightgbm
import numpy as np
from numpy.typing import NDArray

from benchmarks.measure import Paired, paired
from feature_store.adapters.promotions import Promotion
from feature_store.feature_set import FeatureSet, load_feature_set
from scoring.canonical import canonical, sha256
from scoring.opinion import Opinion, opinion_data
from serving.challenger.load import Artefact, load
from serving.challenger.opinion import CardSays, opine
from serving.challenger.standing import Challengers
from serving.challenger.versions import RegistryUnavailable, Version
from serving.challenger.worker import Deadline
from serving.clock import SystemClock

TREES, LEAVES, ROWS = 300, 15, 6_000
"""A model of the usual size: what a retraining with early stopping ends at."""
_CARD = CardSays("graded", "AA", False)
_BANDS = 10


@dataclass(frozen=True, slots=True)
class Opinions:
    """Ratios are ours / bare, medians of the pairs. same: the contributions are LightGBM's to 1e-9.

    asked: as a decision asks, on the model's thread within a time limit. computed: without the thread.
    written_seconds: turning the opinion into the bytes that are recorded.
    """

    asked: Paired
    computed: Paired
    written_seconds: float
    written_bytes: int
    load_seconds: float
    same: bool


def one(calls: int = 200, trees: int = TREES) -> Opinions:
    """Measure one household at a time, ``calls`` households in each run."""
    feature_set = load_feature_set()
    rows = _columns(len(feature_set.features), calls, seed=5)
    artefact = made_up(feature_set, trees)
    digest = sha256(artefact.model)
    start = time.perf_counter()
    challenger = load(artefact, load_feature_set, version="1", wanted_sha256=digest)
    load_seconds = time.perf_counter() - start
    challengers = Challengers(OneVersion(artefact), load_feature_set, timeout_ms=60_000)
    now = SystemClock().now()
    promotion = Promotion("promotion", "1", digest, None, "one", "other", "benchmark", now)
    ready = challengers.ready(promotion, known_at=now, deadline=Deadline(60_000))
    on = date(2021, 4, 15)
    vectors = [row.reshape(1, -1) for row in rows]
    bare = _each(vectors, lambda row: challenger.booster.predict(row, pred_contrib=True, num_threads=1))
    asked = paired(
        _each(vectors, lambda row: challengers.ask(ready, row, on=on, card=_CARD, deadline=Deadline(5_000))), bare
    )
    computed = paired(_each(vectors, lambda row: opine(challenger, row, on=on, card=_CARD)), bare)
    opinions = [opine(challenger, row, on=on, card=_CARD) for row in vectors]
    start = time.perf_counter()
    written = [canonical(opinion_data(opinion)) for opinion in opinions]
    seconds = (time.perf_counter() - start) / calls
    return Opinions(
        _per_call(asked, calls),
        _per_call(computed, calls),
        seconds,
        max(map(len, written)),
        load_seconds,
        all(_same(challenger.booster, row, opinion) for row, opinion in zip(vectors, opinions, strict=True)),
    )


def _per_call(found: Paired, calls: int) -> Paired:
    """Seconds of one call, and ours / bare instead of bare / ours."""
    return Paired(found.ours / calls, found.peer / calls, 1 / found.ratio, 1 / found.high, 1 / found.low)


def _each(vectors: list[NDArray[np.float64]], run: Callable[[NDArray[np.float64]], object]) -> Callable[[], object]:
    return lambda: [run(row) for row in vectors]


def _same(booster: lightgbm.Booster, row: NDArray[np.float64], opinion: object) -> bool:
    expected = np.asarray(booster.predict(row, pred_contrib=True, num_threads=1))[0, :-1]
    return isinstance(opinion, Opinion) and bool(np.abs(np.array(opinion.log_odds_by_feature) - expected).max() <= 1e-9)


def _columns(features: int, rows: int, *, seed: int) -> NDArray[np.float64]:
    draw = np.random.default_rng(seed)
    found = draw.integers(0, 40, (rows, features)).astype(np.float64)
    found[draw.random(found.shape) < 0.1] = np.nan
    return found


def made_up(feature_set: FeatureSet, trees: int = TREES) -> Artefact:
    """A model of the usual size, of random outcomes, uncalibrated."""
    names = list(feature_set.names)
    x = _columns(len(names), ROWS, seed=1)
    margin = np.nan_to_num(x[:, :8]).sum(axis=1) / 40 - 5
    bad = np.random.default_rng(2).random(ROWS) < 1 / (1 + np.exp(-margin))
    how = {"objective": "binary", "num_leaves": LEAVES, "learning_rate": 0.04, "num_threads": 1, "verbose": -1}
    booster = lightgbm.train(how, lightgbm.Dataset(x, bad.astype(int), feature_name=names, params=how), trees)
    text = booster.model_to_string().encode()
    base = np.asarray(booster.predict(x[:1], pred_contrib=True, num_threads=1))[0, -1]
    edges = [number / _BANDS for number in range(1, _BANDS)]
    about = {
        "format": 1,
        "name": "benchmark",
        "created_at": "2021-04-01T00:00:00+00:00",
        "model_sha256": sha256(text),
        "feature_set": {"version": feature_set.version, "sha256": feature_set.sha256},
        "features": [{"name": it.name, "label": {"zh": it.label.zh, "en": it.label.en}} for it in feature_set.features],
        "calibration": {"slope": 1.0, "intercept": 0.0},
        "base_value": float(base),
        "support": [{"low": 0.0, "high": 39.0}] * len(names),
        "score_bins": edges,
        "score_shares": [1 / _BANDS] * _BANDS,
        "pd_interval": {"edges": edges, "low": [0.0] * _BANDS, "high": [1.0] * _BANDS},
        "gate": {"verdict": "promote", "reasons": []},
    }
    return Artefact(text, json.dumps(about).encode())


class OneVersion:
    """A registry that holds one version, in memory."""

    def __init__(self, artefact: Artefact) -> None:
        self._artefact = artefact

    def versions(self) -> list[Version]:
        return []

    def artefact(self, version: str) -> Artefact:
        return self._artefact

    def alias(self) -> str | None:
        return None

    def move_alias(self, version: str) -> None:
        raise RegistryUnavailable("this registry is for measuring alone")
