"""The law: whatever model stands, or none, the binding part of every decision has the same bytes."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from starlette.testclient import TestClient

import serving.decide
from serving.api.app import create_app
from serving.challenger import advise as advising
from serving.challenger.load import Artefact
from serving.challenger.versions import RegistryUnavailable
from serving.replay import replay
from tests.fakes import models
from tests.serving.advised import NO_ROOM, SET, Advised
from tests.serving.county import NOW, Served

COUNT = len(SET.features)
WHOLE = models.artefact(SET)


@pytest.fixture(scope="module")
def own(make_county: Callable[[], Served]) -> Advised:
    return Advised(make_county())


@pytest.fixture
def advised(own: Advised) -> Advised:
    own.renew()
    own.served.clock.moment = NOW
    return own


@pytest.fixture(scope="module")
def alone(own: Advised) -> dict[str, bytes]:
    """The binding bytes of some households of every status before any model was promoted."""
    own.renew()
    found = {}
    for household_id in own.served.ids()[:25]:
        found[household_id], advice = own.binding(household_id)
        assert advice == {"status": "unavailable", "reason": "no_model"}
    return found


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


def _raise(error: BaseException) -> Callable[..., Any]:
    def run(*_: object, **__: object) -> Any:
        raise error

    return run


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
    "an error": (_raise(RuntimeError("SECRET")), "vector_failed"),
    "a key that is missing": (_raise(KeyError("x")), "vector_failed"),
    "recursion": (_raise(RecursionError()), "vector_failed"),
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
    monkeypatch.setattr(serving.decide, "advise", lambda *a, **k: real(*a, **k, vector=vector))


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


def test_a_model_that_hangs_is_not_waited_for_and_the_next_one_answers(
    advised: Advised, alone: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    from threading import Event

    from serving.challenger import standing

    advised.stand(WHOLE)
    household_id, released, real = next(iter(alone)), Event(), standing.opine
    assert advised.binding(household_id)[1]["status"] == "given"
    hung = advised.served.parts.challengers
    monkeypatch.setattr(standing, "opine", lambda *a, **k: (released.wait(60), real(*a, **k))[1])
    hung.timeout_ms = 200
    try:
        reasons = []
        for _ in range(3):
            after, advice = advised.binding(household_id)
            assert after == alone[household_id]
            reasons.append(advice["reason"])
        assert reasons == ["time_out", "busy", "busy"]
        monkeypatch.setattr(standing, "opine", real)
        hung.timeout_ms = NO_ROOM
        # Promoting another one, or rolling back, cures it without a restart.
        version = advised.stand(models.artefact(SET, seed=2))
        after, advice = advised.binding(household_id)
        assert after == alone[household_id]
        assert advice["model"]["version"] == version
    finally:
        released.set()


def test_a_model_that_loads_slowly_is_used_once_it_is_there(advised: Advised, alone: dict[str, bytes]) -> None:
    from threading import Event

    released, household_id = Event(), next(iter(alone))
    advised.renew(timeout_ms=100)
    advised.registry.before_reading = lambda: released.wait(60) and None
    advised.stand(WHOLE)
    for _ in range(3):
        after, advice = advised.binding(household_id)
        assert after == alone[household_id]
        assert advice == {"status": "unavailable", "reason": "loading"}
    assert advised.registry.read == 1
    released.set()
    advised.served.parts.challengers.timeout_ms = NO_ROOM
    deadline = time.monotonic() + 30
    while (advice := advised.binding(household_id)[1])["status"] != "given" and time.monotonic() < deadline:
        assert advice["reason"] == "loading"
        time.sleep(0.01)
    assert advice["status"] == "given"
    assert advised.registry.read == 1


def test_a_registry_that_is_away_is_asked_again_a_minute_later(advised: Advised, alone: dict[str, bytes]) -> None:
    household_id = next(iter(alone))
    advised.stand(WHOLE)
    advised.registry.before_reading = _raise(RegistryUnavailable("away"))
    for _ in range(3):
        after, advice = advised.binding(household_id)
        assert after == alone[household_id]
        assert advice["reason"] == "model_missing"
    assert advised.registry.read == 1
    advised.registry.before_reading = _raise(MemoryError())
    advised.served.clock.moment = NOW + timedelta(minutes=2)
    assert advised.decide(household_id)["advisory"]["reason"] == "failed"
    advised.registry.before_reading = lambda: None
    advised.served.clock.moment = NOW + timedelta(minutes=4)
    assert advised.decide(household_id)["advisory"]["status"] == "given"


def test_a_model_is_loaded_once_and_again_only_when_another_is_promoted(advised: Advised) -> None:
    household_id = advised.served.ids()[0]
    first = advised.stand(WHOLE)
    versions = [advised.decide(household_id)["advisory"]["model"]["version"] for _ in range(5)]
    assert (versions, advised.registry.read) == ([first] * 5, 1)
    second = advised.stand(models.artefact(SET, seed=3))
    versions = [advised.decide(household_id)["advisory"]["model"]["version"] for _ in range(5)]
    assert (versions, advised.registry.read) == ([second] * 5, 2)


def test_an_opening_service_loads_the_promoted_model_first(advised: Advised) -> None:
    advised.stand(WHOLE)
    with TestClient(create_app(advised.served.parts)):
        assert advised.registry.read == 1
    advised.served.parts.challengers.timeout_ms = 1000
    assert advised.decide(advised.served.ids()[0])["advisory"]["status"] == "given"


def test_many_at_once_are_all_answered(advised: Advised, alone: dict[str, bytes]) -> None:
    from concurrent.futures import ThreadPoolExecutor

    advised.stand(WHOLE)
    with ThreadPoolExecutor(12) as pool:
        found = list(pool.map(advised.binding, list(alone) * 4))
    assert [after for after, _ in found] == list(alone.values()) * 4
    assert {advice.get("reason", "given") for _, advice in found} <= {"given", "loading"}


def test_a_replay_repeats_the_opinion_and_says_when_the_model_is_gone(advised: Advised) -> None:
    advised.stand(WHOLE)
    ids = [UUID(advised.decide(one)["decision_id"]) for one in advised.served.ids()[:30]]
    unanswered = advised.registry
    for one in ids:
        assert replay(one, advised.served.parts).differences == ()
    # Another promoted since, a later day: the decision's own model is asked, by its hash.
    advised.stand(models.artefact(SET, seed=3))
    advised.served.clock.moment = datetime(2018, 6, 1, tzinfo=UTC)
    for one in ids[:5]:
        assert replay(one, advised.served.parts).differences == ()
    advised.renew()
    for one in ids[:3]:
        (gone,) = replay(one, advised.served.parts).differences
        assert "gone from the registry" in gone
    (version, _), *_ = unanswered.kept.values()
    advised.registry.kept["1"] = (version, Artefact(WHOLE.model + b"\n", WHOLE.about))
    (broken,) = replay(ids[0], advised.served.parts).differences
    assert "wrong_hash" in broken


def test_a_replay_finds_an_opinion_that_was_altered(advised: Advised) -> None:
    from serving.challenger.again import opinion_differences

    advised.stand(WHOLE)
    body = advised.decide(advised.served.ids()[0])
    parts, policy = advised.served.parts, advised.served.parts.policies.in_force(NOW.date())
    advice = body["advisory"]
    altered = advice | {"pd": repr(float(advice["pd"]) + 1e-9)}
    row = advice["by_feature"][0]
    moved = advice | {"by_feature": [[row[0], row[1], repr(float(row[2]) + 1e-11)], *advice["by_feature"][1:]]}
    with parts.store.moment(parts.clock.now) as moment:
        file = moment.credit_file(body["household_id"], on=NOW.date(), policy=policy)
        assert file is not None
        from scoring.decision import area_of
        from serving.replay import _request

        binding = body["binding"]
        asked = advising.Asked(file, policy, NOW.date(), area_of(binding["area_control"]), _request(body["request"]))
        card = advising.card_says(binding["status"], binding["grade"], policy)

        def differences(recorded: dict[str, Any]) -> list[str]:
            return opinion_differences(recorded, moment, parts.challengers, asked=asked, card=card)

        assert differences(advice) == []
        assert differences(altered) == ["the opinion's 'pd' differs"]
        assert differences(moved) == ["the opinion's 'by_feature' differs"]
        other = replace(card, status="below_a")
        assert opinion_differences(advice, moment, parts.challengers, asked=asked, card=other) == [
            "the opinion's 'agreement' differs"
        ]
