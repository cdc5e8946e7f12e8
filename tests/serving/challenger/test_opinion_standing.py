"""The challenger that stands: loaded once, waited for no longer than allowed, repeated by its hash."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from serving.api.app import create_app
from serving.challenger import advise as advising
from serving.challenger.load import Artefact
from serving.challenger.versions import RegistryUnavailable
from serving.replay.again import replay
from tests.fakes import models
from tests.serving.advised import NO_ROOM, SET, Advised, raising
from tests.serving.served import NOW

COUNT = len(SET.features)
WHOLE = models.artefact(SET)


def test_a_model_that_hangs_is_not_waited_for_and_the_next_one_answers(
    advised: Advised, alone: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    from threading import Event

    from serving.challenger import standing

    advised.stand(WHOLE)
    household_id, released, real = next(iter(alone)), Event(), standing.numbers
    assert advised.binding(household_id)[1]["status"] == "given"
    hung = advised.served.parts.challengers
    monkeypatch.setattr(standing, "numbers", lambda *a, **k: (released.wait(60), real(*a, **k))[1])
    hung.timeout_ms = 200
    try:
        reasons = []
        for _ in range(3):
            after, advice = advised.binding(household_id)
            assert after == alone[household_id]
            reasons.append(advice["reason"])
        assert reasons == ["time_out", "busy", "busy"]
        monkeypatch.setattr(standing, "numbers", real)
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
    advised.registry.before_reading = raising(RegistryUnavailable("away"))
    for _ in range(3):
        after, advice = advised.binding(household_id)
        assert after == alone[household_id]
        assert advice["reason"] == "model_missing"
    assert advised.registry.read == 1
    advised.registry.before_reading = raising(MemoryError())
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
        from serving.replay.again import request_of

        binding = body["binding"]
        asked = advising.Asked(file, policy, NOW.date(), area_of(binding["area_control"]), request_of(body["request"]))
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


def test_where_the_promotions_cannot_be_read_the_grade_stands_without_an_opinion(
    advised: Advised, alone: dict[str, bytes]
) -> None:
    advised.stand(WHOLE)
    household_id, engine = next(iter(alone)), advised.served.parts.store.engine
    with engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE promotions RENAME TO promotions_away"))
    try:
        after, advice = advised.binding(household_id)
    finally:
        with engine.begin() as connection:
            connection.execute(sa.text("ALTER TABLE promotions_away RENAME TO promotions"))
    assert after == alone[household_id]
    assert advice == {"status": "unavailable", "reason": "failed"}
    assert advised.binding(household_id)[1]["status"] == "given"
