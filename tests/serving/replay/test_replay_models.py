"""Replays that ask a model: another one's opinion, and models that cannot be had."""

from __future__ import annotations

from dataclasses import replace
from threading import Event

import pytest

from serving.challenger.versions import RegistryUnavailable
from tests.fakes import models
from tests.serving.advised import SET, Advised, raising
from tests.serving.replaying import found_of

WHOLE, OTHER = models.artefact(SET), models.artefact(SET, seed=5)


def test_another_models_opinion_moves_the_pd_and_no_grade(advised: Advised) -> None:
    first = advised.stand(WHOLE)
    second = advised.registry.add(OTHER).version
    body = advised.decide(advised.served.ids()[0])
    found = found_of(advised.served, body["decision_id"], model=second)
    assert (found["verdict"], found["causes"]) == ("changed_by_model", ["changed_by_model"])
    assert found["outcome"]["pd"]["recorded"] == body["advisory"]["pd"] != found["outcome"]["pd"]["again"]
    assert found["outcome"]["grade"]["recorded"] == found["outcome"]["grade"]["again"]
    advised.stand(OTHER)  # what that model says when it is asked for a decision itself
    said = advised.decide(advised.served.ids()[0])["advisory"]
    assert found["outcome"]["pd"]["again"] == said["pd"]
    assert found_of(advised.served, body["decision_id"], model=first)["verdict"] == "same"


def test_a_model_that_cannot_be_had_is_said_and_the_binding_part_still_compared(advised: Advised) -> None:
    advised.stand(WHOLE)
    decision_id = advised.decide(advised.served.ids()[0])["decision_id"]
    advised.renew()
    for changes in ({}, {"policy": "2017-04-01"}):
        found = found_of(advised.served, decision_id, **changes)
        assert (found["verdict"], [it["id"] for it in found["why"]]) == ("cannot", ["model_gone"])
        assert found["outcome"]["score"]["recorded"] == found["outcome"]["score"]["again"]
    broken = advised.registry.add(replace(WHOLE, model=WHOLE.model[:-50])).version
    found = found_of(advised.served, decision_id, model=broken)
    assert (found["verdict"], [it["id"] for it in found["why"]]) == ("cannot", ["model_corrupt"])
    advised.registry.before_reading = raising(RegistryUnavailable("away"))
    other = advised.registry.add(OTHER).version
    assert found_of(advised.served, decision_id, model=other)["why"][0]["id"] == "model_gone"


def test_a_model_that_takes_too_long_to_read_is_not_waited_for(
    advised: Advised, monkeypatch: pytest.MonkeyPatch
) -> None:
    from serving.challenger import kept

    decision_id = advised.decide(advised.served.ids()[0])["decision_id"]
    version, released, before = advised.registry.add(WHOLE).version, Event(), advised.registry.read
    monkeypatch.setattr(kept, "REPLAY_MS", 100)
    advised.registry.before_reading = lambda: released.wait(60) and None
    try:
        for _ in range(3):
            found = found_of(advised.served, decision_id, model=version)
            assert (found["verdict"], found["why"][0]["id"]) == ("cannot", "model_loading")
        assert advised.registry.read == before + 1, "others wait for the first reading and begin none"
    finally:
        released.set()
    monkeypatch.setattr(kept, "REPLAY_MS", 30_000)
    found = found_of(advised.served, decision_id, model=version)
    assert found["outcome"]["pd"]["again"] is not None
    assert advised.registry.read == before + 1


def test_two_versions_of_one_models_bytes_are_told_apart_by_their_descriptions(advised: Advised) -> None:
    """The recorded opinion is found by its hash; a version that is named is that version, not its twin."""
    advised.stand(WHOLE)
    decision_id = advised.decide(advised.served.ids()[0])["decision_id"]
    assert found_of(advised.served, decision_id)["verdict"] == "same"
    twin = advised.registry.add(models.artefact(SET, model=WHOLE.model, calibration=(0.7, 0.4))).version
    found = found_of(advised.served, decision_id, model=twin)
    assert found["verdict"] == "changed_by_model"
    assert found_of(advised.served, decision_id)["verdict"] == "same"
