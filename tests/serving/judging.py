"""An application asked as a server asks it, and its answers held against the API's description."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import jsonschema_rs

from tests.serving.spoiling import MARK, Sent

_ANYWHERE = frozenset({400, 401, 404, 408, 413, 414, 415, 429, 431})
"""What may be answered, beside 405, where the description knows no such call."""
_NEEDED = {401: "www-authenticate", 405: "allow", 429: "retry-after"}


@dataclass(frozen=True)
class Heard:
    """An answer."""

    status: int
    headers: dict[str, str]
    body: bytes


async def ask(app: Any, sent: Sent) -> Heard:
    """Hand a request to the application as a server would."""
    headers = list(sent.headers)
    if sent.body and not {b"content-length", b"transfer-encoding"} & {name for name, _ in headers}:
        headers.append((b"content-length", str(len(sent.body)).encode()))
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http", "method": sent.method,
        "path": unquote(sent.path), "raw_path": sent.path.encode(), "query_string": sent.query.encode(), "root_path": "",
        "headers": headers, "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "state": {},
    }  # fmt: skip
    said: list[Any] = []
    left = [{"type": "http.request", "body": sent.body, "more_body": False}]

    async def receive() -> Any:
        return left.pop() if left else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        said.append(message)

    try:
        await app(scope, receive, send)
    except Exception:  # an error on our side is answered first and then told to the server
        if not said:
            raise
    named = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in said[0]["headers"]}
    return Heard(said[0]["status"], named, b"".join(it.get("body", b"") for it in said[1:]))


class Judge:
    """Knows what the description allows."""

    def __init__(self, description: dict[str, Any]) -> None:
        self._calls = [
            (re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path))), method.upper(), operation["responses"])
            for path, known in description["paths"].items()
            for method, operation in known.items()
        ]
        shape = {"$ref": "#/components/schemas/ProblemDetails", "components": description["components"]}
        self._shape = jsonschema_rs.Draft202012Validator(shape)

    def faults(self, sent: Sent, heard: Heard) -> Iterator[str]:
        """What is wrong with an answer."""
        responses = self._responses(sent)
        described = responses.keys() if responses is not None else _ANYWHERE
        if heard.status >= 500 or heard.status not in {405, *described}:
            yield f"the status {heard.status} is not described"
        if heard.headers.get("cache-control") != "no-store" or heard.headers.get("x-content-type-options") != "nosniff":
            yield "it may be kept on the way, or taken for something else"
        if (needed := _NEEDED.get(heard.status)) is not None and needed not in heard.headers:
            yield f"the header {needed} is missing"
        kind = heard.headers.get("content-type", "").split(";")[0]
        if heard.status >= 400 and kind != "application/problem+json":
            yield "it is no problem"
            return
        if heard.status < 400 and kind not in (responses or {}).get(heard.status, {}).get("content", {}):
            yield "its content type is not described"
        problems = _problems(heard)
        if heard.status >= 400 and problems[0].get("status") != heard.status:
            yield "it says another status than its own"
        if not all(self._shape.is_valid(it) and it["status"] < 500 for it in problems):
            yield "a problem has another shape, or is an error on our side"
        if MARK in json.dumps(problems) + json.dumps(heard.headers):
            yield "it repeats what was sent"

    def _responses(self, sent: Sent) -> dict[int, Any] | None:
        path = unquote(sent.path)
        for pattern, method, responses in self._calls:
            if method == sent.method and pattern.fullmatch(path):
                return {int(status): it for status, it in responses.items()}
        return None


def _problems(heard: Heard) -> list[Any]:
    """The problem that an answer is, or those of a batch's items."""
    if heard.status >= 400:
        return [json.loads(heard.body)]
    if not heard.body.startswith(b'{"results":'):
        return []
    return [it["problem"] for it in json.loads(heard.body)["results"] if "problem" in it]
