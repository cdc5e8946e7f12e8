"""Many calls at once: each has its own result, and none spoils another."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from serving.api.app import create_app
from serving.api.rate import BURST
from tests.serving.served import Served, ask


def _post(served: Served, items: list[Any]) -> Any:
    return served.client.post("/v1/decisions:batch", json={"decisions": items})


def test_each_item_is_answered_as_it_would_be_alone(served: Served) -> None:
    ids = served.ids()
    items = [
        ask(ids[0]),
        ask("411299999999-0001"),
        ask(ids[1], purpose="gambling"),
        ask(ids[2], amount_cny=-1),
        {"household_id": ids[3]},
        ask(ids[3], amount_cny="50000.01"),
        {},
        ask(ids[4], more=1),
        ask(ids[5], term_months=10**30),
        ask(ids[5], term_months=24.0),
    ]
    results = _post(served, items).json()["results"]
    assert [it["status"] for it in results] == [201, 422, 422, 422, 422, 201, 422, 422, 422, 201]
    alone = [served.client.post("/v1/decisions", json=item) for item in items]
    for mine, theirs in zip(results, alone, strict=True):
        if mine["status"] == 201:
            assert mine["decision"]["binding"] == theirs.json()["binding"]
            assert served.client.get(f"/v1/decisions/{mine['decision']['decision_id']}").json() == mine["decision"]
        else:
            assert mine["problem"] == theirs.json()


def test_sent_again_with_its_keys_it_gives_the_same_answers(served: Served) -> None:
    items = [ask(it, idempotency_key=str(uuid4())) for it in served.ids()[:5]]
    first = _post(served, items)
    assert {it["status"] for it in first.json()["results"]} == {201}
    assert _post(served, items).content == first.content


@pytest.mark.parametrize("items", [[], [{}] * 501, "x", [1]])
def test_too_few_too_many_or_no_list_is_refused_as_a_whole(served: Served, items: Any) -> None:
    answer = _post(served, items)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


def test_the_most_that_may_be_sent_is_answered(served: Served) -> None:
    ids = served.ids()
    results = _post(served, [ask(ids[number % len(ids)]) for number in range(500)]).json()["results"]
    assert [it["status"] for it in results] == [201] * 500
    assert len({it["decision"]["decision_id"] for it in results}) == 500


def test_each_item_counts_as_a_call_and_the_largest_call_is_still_possible(served: Served) -> None:
    rate = 4
    slow = replace(served.parts, settings=replace(served.parts.settings, calls_per_second=rate))
    slow.__dict__["store"] = served.parts.store
    client = TestClient(create_app(slow), raise_server_exceptions=False)
    one, other, large = served.key(), served.key(), served.key()
    items = [{}] * (rate * BURST - 2)

    def call(count: int, header: dict[str, str]) -> Any:
        return client.post("/v1/decisions:batch", json={"decisions": [{}] * count}, headers=header)

    assert call(len(items), one).status_code == 200
    told = call(len(items), one)
    assert (told.status_code, told.json()["type"]) == (429, "urn:lushi:problem:too-many-calls")
    assert told.headers["Retry-After"] == str(-(-len(items) // rate))
    assert call(len(items), other).status_code == 200
    whole = call(500, large)
    assert (whole.status_code, len(whole.json()["results"])) == (200, 500)
    assert call(2, large).status_code == 429
    again = call(500, large)
    for _ in range(2):  # the first wait may be a single call's: what is asked for was not read yet
        if again.status_code == 429:
            time.sleep(int(again.headers["Retry-After"]) + 0.1)
            again = call(500, large)
    assert again.status_code == 200
