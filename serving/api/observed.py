"""The outermost layer: every call gets a correlation id, one line in the log, and is counted, whoever answers it."""

from __future__ import annotations

import json
import re
import time
from contextlib import suppress
from typing import Any
from uuid import uuid4

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.access.callers import Caller
from serving.api.answers import answer_of, note
from serving.api.problems import MEDIA_TYPE
from serving.telemetry.logs import correlated, get_logger
from serving.telemetry.metrics import CALL_SECONDS, CALLS

HEADER = "X-Correlation-ID"
UNROUTED = "unrouted"
"""Stands for the route of a call that was answered before one was found."""
_GIVEN = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_LOG = get_logger("lushi.calls")


class Observed:
    """Middleware around everything else; never fails a call, and answers for what nobody else answered."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        call = _Call(correlation_id(scope), send)
        with correlated(call.correlation_id):
            try:
                await self._app(scope, receive, call.send)
            except Exception as error:
                note(error, 500)
                if not call.status:
                    await answer_of(error)(scope, receive, call.send)
            finally:
                _note(scope, call)


class _Call:
    """What is seen of one call's answer as it is sent. status: 0 until it begins."""

    def __init__(self, correlation_id: str, send: Send) -> None:
        self.correlation_id, self._send = correlation_id, send
        self.began = time.perf_counter()
        self.status, self.problem, self._is_problem = 0, "", False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers[HEADER] = self.correlation_id
            self.status = message["status"]
            self._is_problem = headers.get("content-type", "").startswith(MEDIA_TYPE)
        elif self._is_problem and not self.problem:
            self.problem = _kind(message.get("body", b""))
        await self._send(message)


def correlation_id(scope: Scope) -> str:
    """What the caller sent where it is harmless to repeat, else a fresh one."""
    found = [value for name, value in scope["headers"] if name == HEADER.lower().encode()]
    if len(found) == 1 and _GIVEN.fullmatch(found[0]):
        return str(found[0].decode("ascii"))
    return str(uuid4())


def _note(scope: Scope, call: _Call) -> None:
    """Count the call and write its line."""
    seconds = time.perf_counter() - call.began
    route = _route(scope)
    method = scope["method"] if scope["method"] in _METHODS else "other"
    CALLS.labels(route, method, str(call.status or "none")).inc()
    CALL_SECONDS.labels(route).observe(seconds)
    line: dict[str, Any] = {"method": method, "route": route, "status": call.status, "ms": round(seconds * 1000, 1)}
    caller = scope.get("state", {}).get("caller")
    if isinstance(caller, Caller):
        line |= {"client": caller.client_id, "role": caller.role.value}
    if call.problem:
        line["problem"] = call.problem
    (_LOG.warning if call.status >= 500 else _LOG.info)("call", **line)


def _route(scope: Scope) -> str:
    """The route's template, never the path that was asked for."""
    return str(getattr(scope.get("route"), "path", UNROUTED))


def _kind(body: bytes) -> str:
    """The problem's word, from its body."""
    with suppress(ValueError, AttributeError):
        return str(json.loads(body).get("type", "")).removeprefix("urn:lushi:problem:")
    return ""
