"""Replays over HTTP, for the tests."""

from __future__ import annotations

from typing import Any

from httpx2 import Response

from tests.serving.served import Served


def replayed(own: Served, decision_id: str, header: dict[str, str] | None = None, **changes: Any) -> Response:
    return own.client.post(f"/v1/decisions/{decision_id}/replay", json=changes, headers=header)


def found_of(own: Served, decision_id: str, **changes: Any) -> dict[str, Any]:
    answer = replayed(own, decision_id, **changes)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found
