"""A body is counted as it comes, read once, in time, and every key in it stands once."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from serving.api import limits
from serving.api.limits import MOST_BYTES, MOST_DEPTH, BodyLimits
from tests.serving.served import Served, ask


def _send(pieces: list[bytes], headers: dict[str, str], *, pause: float = 0) -> tuple[int, bytes | None]:
    """The status that a body gets, and what the application read of it (None: it was never asked)."""
    read: list[bytes] = []
    statuses: list[int] = []
    left = list(pieces)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        read.append((await receive())["body"])
        await send({"type": "http.response.start", "status": 201, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(pause)
        return {"type": "http.request", "body": left.pop(0), "more_body": bool(left)}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    scope = {"type": "http", "method": "POST", "headers": [(k.encode(), v.encode()) for k, v in headers.items()]}
    asyncio.run(BodyLimits(app)(scope, receive, send))
    return statuses[0], read[0] if read else None


JSON = {"content-type": "application/json", "content-length": "10"}


def test_a_body_arrives_whole_in_one_piece() -> None:
    assert _send([b'{"a"', b":1}"], JSON) == (201, b'{"a":1}')


@pytest.mark.parametrize(
    ("pieces", "headers", "status"),
    [
        ([b" " * MOST_BYTES, b" "], JSON, 413),
        ([b"{}"], JSON | {"content-length": str(MOST_BYTES + 1)}, 413),
        ([b"{}"], JSON | {"content-length": "9" * 5000}, 413),
        ([b"{}"], JSON | {"transfer-encoding": "chunked"}, 400),
        ([b"{}"], {"content-type": "application/json"}, 400),
        ([b"{}"], JSON | {"content-length": "-1"}, 400),
        ([b"{}"], {"content-length": "2"}, 415),
        ([b'{"a": 1, "a": 2}'], JSON, 400),
        ([b'{"a": [{"b": 1, "b": 1}]}'], JSON, 400),
        ([b"[" * 100_000], JSON, 400),
        ([b"\xff"], JSON, 400),
        ([b"[" * (MOST_DEPTH + 1) + b"]" * (MOST_DEPTH + 1)], JSON, 400),
        ([b'{"a": NaN}'], JSON, 400),
        ([b'{"a": -Infinity}'], JSON, 400),
        ([b'{"a": ' + b"9" * 5000 + b"}"], JSON, 400),
        ([b'{"a": "\\ud800"}'], JSON, 400),
        ([b'{"\\uDFFF": 1}'], JSON, 400),
        ([b"\xef\xbb\xbf{}"], JSON, 400),
        (["{}".encode("utf-16")], JSON, 400),
        ([b"{}"], JSON | {"content-encoding": "gzip"}, 415),
        ([b"{}"], JSON | {"content-type": "application/json; charset=latin-1"}, 415),
        ([b"{}"], JSON | {"content-type": "application/problem+json"}, 415),
    ],
)
def test_a_body_that_breaks_a_limit_never_reaches_the_application(
    pieces: list[bytes], headers: dict[str, str], status: int
) -> None:
    assert _send(pieces, headers) == (status, None)


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"[" * MOST_DEPTH + b"]" * MOST_DEPTH, JSON),
        (b'{"a": "\\ud83d\\ude00"}', JSON),
        (b"{}", JSON | {"content-type": 'Application/JSON; charset="UTF-8"', "content-encoding": "identity"}),
    ],
)
def test_a_body_just_within_the_limits_is_handed_on(body: bytes, headers: dict[str, str]) -> None:
    assert _send([body], headers) == (201, body)


def test_a_body_that_dawdles_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_SECONDS", 0.05)
    assert _send([b"{", b"}"], JSON, pause=0.2) == (408, None)


def test_one_amount_cannot_be_said_twice_nor_in_other_digits(served: Served) -> None:
    headers = {"content-type": "application/json"}
    whole = json.dumps(ask(served.ids()[0]))
    twice = whole[:-1] + ', "amount_cny": 1}'
    assert served.client.post("/v1/decisions", content=twice, headers=headers).status_code == 400
    assert served.client.post("/v1/decisions", json=ask(served.ids()[0], amount_cny="١٢")).status_code == 422
    assert served.client.post("/v1/decisions", content=whole, headers=headers).status_code == 201


def test_an_address_with_a_slash_too_many_is_not_redirected(served: Served) -> None:
    answer = served.client.get("/v1/decisions/", headers={"host": "elsewhere.example"}, follow_redirects=False)
    assert answer.status_code == 404
    assert "location" not in answer.headers
