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
SHOWN_WHOLE = {
    "POST /v1/households/{household_id}/unmasking": "what it is for: the number, after the log says who asked"
}
"""Calls whose answers hold an ID number, and why."""
_KEPT = "the recorded thing is answered to those who may read it: "
REPEATS = {
    "POST /v1/decisions": _KEPT + "a decision names the consent's reference",
    "POST /v1/decisions:batch": _KEPT + "a decision names the consent's reference",
    "GET /v1/decisions/{decision_id}": _KEPT + "the causes of overrides stand beside a decision",
    "POST /v1/decisions/{decision_id}/overrides": _KEPT + "the cause of an override",
    "POST /v1/overrides/{override_id}/confirmation": _KEPT + "the cause of an override",
    "POST /v1/consents": _KEPT + "the bank's own reference",
    "GET /v1/consents/{reference}": _KEPT + "the bank's own reference",
    "POST /v1/consents/{reference}/withdrawal": _KEPT + "the bank's own reference",
    "POST /v1/objections": _KEPT + "the household's statement",
    "GET /v1/objections/{objection_id}": _KEPT + "the household's statement and the written answer",
    "POST /v1/objections/{objection_id}/outcome": _KEPT + "the household's statement and the written answer",
    "POST /v1/households/{household_id}/reports": _KEPT + "everything that is held, to the subject itself",
}
"""Calls whose answers may hold words that a caller wrote, and why; no other may, and no problem at all."""
_NUMBER = re.compile(rb"[0-9]{17}[0-9X]")
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
    """Knows what the description allows. numbers: ID numbers, which no answer may hold."""

    def __init__(self, description: dict[str, Any], numbers: frozenset[str] = frozenset()) -> None:
        self._calls = [
            (_pattern(path, operation), method.upper(), path, operation["responses"])
            for path, known in description["paths"].items()
            for method, operation in known.items()
        ]
        self._numbers = numbers
        shape = {"$ref": "#/components/schemas/ProblemDetails", "components": description["components"]}
        self._shape = jsonschema_rs.Draft202012Validator(shape)

    def faults(self, sent: Sent, heard: Heard) -> Iterator[str]:
        """What is wrong with an answer."""
        call, responses = self._described(sent)
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
        content = (responses or {}).get(heard.status, {}).get("content", {})
        if heard.status < 400 and (kind not in content if heard.body else content):
            yield "its content type is not described"
        problems = _problems(heard)
        if heard.status >= 400 and problems[0].get("status") != heard.status:
            yield "it says another status than its own"
        if not all(self._shape.is_valid(it) and it["status"] < 500 for it in problems):
            yield "a problem has another shape, or is an error on our side"
        yield from self._told(call, heard, problems)

    def _told(self, call: str, heard: Heard, problems: list[Any]) -> Iterator[str]:
        """What an answer tells that it must not."""
        if MARK in json.dumps(problems) + json.dumps(heard.headers):
            yield "it repeats what was sent"
        if heard.status < 400 and call not in REPEATS and MARK.encode() in heard.body:
            yield "it repeats what was sent, and is not one that may"
        if call not in SHOWN_WHOLE and self._numbers.intersection(it.decode() for it in _NUMBER.findall(heard.body)):
            yield "it holds an ID number"

    def operation(self, sent: Sent) -> str:
        """The operation that a request asks for; empty where the description knows none."""
        return self._described(sent)[0]

    def _described(self, sent: Sent) -> tuple[str, dict[int, Any] | None]:
        """The operation that a request asks for, and what may be answered."""
        path = unquote(sent.path)
        for pattern, method, template, responses in self._calls:
            if method == sent.method and pattern.fullmatch(path):
                return f"{method} {template}", {int(status): it for status, it in responses.items()}
        return "", None


def _pattern(path: str, operation: dict[str, Any]) -> re.Pattern[str]:
    """What an operation's addresses look like; a parameter whose own pattern allows slashes may hold them."""
    found = re.escape(path)
    for it in operation.get("parameters", ()):
        if it["in"] == "path":
            part = ".*" if "/" in it["schema"].get("pattern", "") else "[^/]+"
            found = found.replace(re.escape("{" + it["name"] + "}"), part)
    return re.compile(found, re.DOTALL)


def _problems(heard: Heard) -> list[Any]:
    """The problem that an answer is, or those of a batch's items."""
    if heard.status >= 400:
        return [json.loads(heard.body)]
    if not heard.body.startswith(b'{"results":'):
        return []
    return [it["problem"] for it in json.loads(heard.body)["results"] if "problem" in it]
