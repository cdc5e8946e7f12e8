"""The law: whatever model stands, or none, the binding part of every decision has the same bytes."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np
import pytest

import serving.decisions.record
from serving.challenger import advise as advising
from serving.challenger.load import Artefact
from tests.fakes import models
from tests.serving.advised import SET, Advised, raising

COUNT = len(SET.features)
WHOLE = models.artefact(SET)


def spoiled(**changes: object) -> Artefact:
    return Artefact(WHOLE.model, json.dumps(json.loads(WHOLE.about) | changes).encode())


def extreme() -> Artefact:
    """A model whose leaves are so large that nothing adds up any more."""
    text = WHOLE.model.decode()
    head, _, rest = text.partition("\nleaf_value=")
    row, _, tail = rest.partition("\n")
    changed = f"{head}\nleaf_value={' '.join('1e+300' for _ in row.split())}\n{tail}"
    old = next(line for line in text.splitlines() if line.startswith("tree_sizes="))
    first = int(old.split("=")[1].split(" ")[0])
    sized = changed.replace(old, old.replace(str(first), str(first + len(changed) - len(text)), 1), 1)
    return models.artefact(SET, model=sized.encode())


ARTEFACTS: dict[str, tuple[Callable[[], Artefact], str, str]] = {
    "a model": (lambda: WHOLE, "", "given"),
    "another": (lambda: models.artefact(SET, seed=5, created_at="2010-01-01T00:00:00+08:00"), "", "given"),
    "a deep one": (
        lambda: models.artefact(SET, model=models.booster(COUNT, trees=5, num_leaves=255, min_child_samples=1).model_to_string().encode()),
        "",
        "given",
    ),
    "one that is always sure": (lambda: models.artefact(SET, calibration=(1.0, 700.0)), "", "given"),
    "one of huge leaves": (extreme, "", "not_finite not_additive model_corrupt"),
    "another hash": (lambda: WHOLE, "0" * 64, "wrong_hash"),
    "a hash that is none": (lambda: WHOLE, "'; DROP TABLE decisions; --", "wrong_hash"),
    "no JSON": (lambda: Artefact(WHOLE.model, b"{"), "", "model_corrupt"),
    "a text that cannot be written": (lambda: spoiled(name="\ud800"), "", "model_corrupt"),
    "half a model": (lambda: models.artefact(SET, model=WHOLE.model[: len(WHOLE.model) // 2]), "", "model_corrupt"),
    "no model": (lambda: models.artefact(SET, model=b""), "", "model_corrupt"),
    "noise": (lambda: models.artefact(SET, model=b"tree\n\xff\x00"), "", "model_corrupt"),
    "other features": (lambda: spoiled(feature_set={"version": "x", "sha256": "0" * 64}), "", "unknown_feature_set"),
}  # fmt: skip


@pytest.mark.parametrize("name", ARTEFACTS)
def test_with_any_files_the_binding_bytes_are_those_without_a_model(
    advised: Advised, alone: dict[str, bytes], name: str
) -> None:
    make, promoted, expected = ARTEFACTS[name]
    advised.stand(make(), promoted_sha256=promoted)
    for household_id, before in alone.items():
        after, advice = advised.binding(household_id)
        assert after == before
        assert advice.get("reason", advice["status"]) in expected.split(" ")
        assert advice.keys() == {"status", "reason"} or advice["status"] == "given"


def _poison(moment: Any, *_: object) -> Any:
    """Break the transaction and say nothing."""
    with suppress(Exception):
        moment.connection.exec_driver_sql("SELECT no_such_column FROM decisions")
    return np.zeros((1, COUNT))


def _slow_query(moment: Any, *_: object) -> Any:
    moment.connection.exec_driver_sql("SELECT pg_sleep(30)")


def _write(moment: Any, *_: object) -> Any:
    moment.connection.exec_driver_sql("CREATE TABLE planted (x int)")
    return np.full((1, COUNT), 5.0)


VECTORS: dict[str, tuple[Callable[..., Any], str]] = {
    "an error": (raising(RuntimeError("SECRET")), "vector_failed"),
    "a key that is missing": (raising(KeyError("x")), "vector_failed"),
    "recursion": (raising(RecursionError()), "vector_failed"),
    "too few values": (lambda *_: np.zeros((1, COUNT - 1)), "vector_failed"),
    "two rows": (lambda *_: np.zeros((2, COUNT)), "vector_failed"),
    "text": (lambda *_: np.array([["x"] * COUNT]), "vector_failed"),
    "nothing": (lambda *_: None, "failed"),
    "infinities": (lambda *_: np.full((1, COUNT), np.inf), "given"),
    "nothing known": (lambda *_: np.full((1, COUNT), np.nan), "given"),
    "a broken transaction": (_poison, "given"),
    "a write": (_write, "given"),
}


@pytest.mark.parametrize("name", VECTORS)
def test_whatever_the_vector_does_the_decision_stands_and_is_recorded(
    advised: Advised, alone: dict[str, bytes], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    vector, expected = VECTORS[name]
    advised.stand(WHOLE)
    _with_vector(monkeypatch, vector)
    for household_id in list(alone)[:5]:
        after, advice = advised.binding(household_id)
        assert after == alone[household_id]
        assert advice.get("reason", advice["status"]) == expected
        assert "SECRET" not in json.dumps(advice)
    with advised.served.parts.store.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT to_regclass('planted')").scalar_one() is None


def _with_vector(monkeypatch: pytest.MonkeyPatch, vector: Callable[..., Any]) -> None:
    real = advising.advise
    monkeypatch.setattr(serving.decisions.record, "advise", lambda *a, **k: real(*a, **k, vector=vector))


def test_a_slow_question_to_the_database_is_cut_off(
    advised: Advised, alone: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    advised.stand(WHOLE)
    advised.decide(next(iter(alone)))
    advised.served.parts.challengers.timeout_ms = 300
    _with_vector(monkeypatch, _slow_query)
    household_id = next(iter(alone))
    began = time.monotonic()
    after, advice = advised.binding(household_id)
    assert time.monotonic() - began < 10
    assert after == alone[household_id]
    assert advice == {"status": "unavailable", "reason": "vector_failed"}
