"""Malformed requests: never an error on our side, never an answer that is not described, never an echo."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from tests.serving.judging import Heard, Judge
from tests.serving.malformed import SEED, run
from tests.serving.served import Served
from tests.serving.spoiling import MARK, Sent

REQUESTS = int(os.environ.get("MALFORMED_REQUESTS", "3000"))


@pytest.mark.slow
def test_every_malformed_request_gets_an_answer_that_is_described(make_county: Callable[[], Served]) -> None:
    found = run(make_county(), count=REQUESTS, seed=SEED, tick=lambda: None)
    assert found.faults == []
    assert found.statuses.total() == REQUESTS
    assert {400, 401, 403, 404, 405, 413, 414, 415, 422, 431} <= found.statuses.keys()
    refused = sum(number for status, number in found.statuses.items() if status >= 400)
    assert refused > 0.7 * REQUESTS


SAFE = {"cache-control": "no-store", "x-content-type-options": "nosniff", "content-type": "application/problem+json"}
WELL = b'{"type":"urn:lushi:problem:invalid","title":"x","status":422,"detail":"x","errors":[]}'


@pytest.mark.parametrize(
    ("heard", "fault"),
    [
        (Heard(422, SAFE, WELL), ""),
        (Heard(500, SAFE, WELL.replace(b"422", b"500")), "not described"),
        (Heard(418, SAFE, WELL.replace(b"422", b"418")), "not described"),
        (Heard(400, SAFE, WELL), "another status"),
        (Heard(422, SAFE, WELL.replace(b"detail", b"more")), "another shape"),
        (Heard(422, SAFE, WELL.replace(b'"detail":"x"', f'"detail":"{MARK}"'.encode())), "repeats"),
        (Heard(422, SAFE | {"x-said": MARK}, WELL), "repeats"),
        (Heard(422, SAFE | {"content-type": "text/plain"}, b"no"), "no problem"),
        (Heard(401, SAFE, WELL.replace(b"422", b"401")), "www-authenticate is missing"),
        (Heard(422, SAFE | {"cache-control": "public"}, WELL), "kept on the way"),
    ],
)
def test_a_bad_answer_is_found(served: Served, heard: Heard, fault: str) -> None:
    judge = Judge(served.client.get("/openapi.json").json())
    found = list(judge.faults(Sent("POST", "/v1/decisions"), heard))
    assert bool(found) == bool(fault)
    assert fault in " ".join(found)
