"""A call that is repeated with its key: one decision, one answer."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from httpx2 import Response

from feature_store.adapters import idempotency
from tests.serving.served import Served, ask


def _call(served: Served, key: str, header: dict[str, str] | None = None, **changes: Any) -> Response:
    body = ask(changes.pop("household_id", served.ids()[0]), **changes)
    return served.client.post("/v1/decisions", json=body, headers={"Idempotency-Key": key, **(header or {})})


def _decisions(served: Served) -> int:
    with served.parts.store.engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM decisions").scalar_one())


def test_the_same_key_and_body_give_the_same_answer_to_the_byte(served: Served) -> None:
    key = str(uuid4())
    first = _call(served, key)
    assert first.status_code == 201
    before = _decisions(served)
    served.client.get("/v1/log/checkpoint")  # a newer checkpoint does not change what was answered
    for _ in range(3):
        again = _call(served, key)
        assert (again.status_code, again.content) == (201, first.content)
    assert _decisions(served) == before
    assert served.client.get(first.headers["Location"]).content == first.content


def test_another_body_with_the_key_is_refused(served: Served) -> None:
    key = str(uuid4())
    assert _call(served, key).status_code == 201
    for changes in ({"amount_cny": 20000}, {"consent_reference": "consent-2"}, {"household_id": served.ids()[1]}):
        body = ask(served.ids()[0]) | changes
        refused = served.client.post("/v1/decisions", json=body, headers={"Idempotency-Key": key})
        assert (refused.status_code, refused.json()["type"]) == (422, "urn:lushi:problem:key-reused")


def test_two_banks_keys_do_not_meet(served: Served) -> None:
    key = str(uuid4())
    mine = _call(served, key)
    if mine.json()["binding"]["terms"]["offered"]:  # while it is open no other bank decides on the household
        closing = f"/v1/decisions/{mine.json()['decision_id']}/closing"
        assert served.client.post(closing, json={"cause": "withdrawn_by_bank"}).status_code == 200
    theirs = _call(served, key, served.key(tenant="bank-b"), tenant="bank-b")
    if theirs.json()["binding"]["terms"]["offered"]:
        closing = f"/v1/decisions/{theirs.json()['decision_id']}/closing"
        done = served.client.post(closing, json={"cause": "withdrawn_by_bank"}, headers=served.key(tenant="bank-b"))
        assert done.status_code == 200
    assert {mine.status_code, theirs.status_code} == {201}
    assert mine.json()["decision_id"] != theirs.json()["decision_id"]


def test_a_call_that_failed_leaves_its_key_free(served: Served) -> None:
    key = str(uuid4())
    assert _call(served, key, consent_reference="none").status_code == 422
    assert _call(served, key).status_code == 201


def test_while_the_first_call_is_under_way_the_second_is_told_to_wait(served: Served) -> None:
    key = str(uuid4())
    with served.parts.store.engine.begin() as connection:
        assert idempotency.claim(connection, "bank-a", key)
        waiting = _call(served, key)
    assert (waiting.status_code, waiting.json()["type"]) == (409, "urn:lushi:problem:key-in-use")
    assert _call(served, key).status_code == 201


def test_many_at_once_make_one_decision(served: Served) -> None:
    key, before = str(uuid4()), _decisions(served)
    with ThreadPoolExecutor(8) as callers:
        answers = list(callers.map(lambda _: _call(served, key), range(24)))
    seen = Counter(it.status_code for it in answers)
    assert set(seen) <= {201, 409}
    assert len({it.content for it in answers if it.status_code == 201}) == 1
    assert _decisions(served) == before + 1


@pytest.mark.parametrize("key", ["", " ", "x" * 101, "a b", "schlüssel"])
def test_a_key_that_is_no_key_is_refused_and_not_repeated(served: Served, key: str) -> None:
    headers = [("Idempotency-Key", key.encode("latin-1"))]
    answer = served.client.post("/v1/decisions", json=ask(served.ids()[0]), headers=headers)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["where"] == "header.Idempotency-Key"
