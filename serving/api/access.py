"""Who may call a route: a key for everything but liveness, and for each route the act that it stands for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send

from feature_store.adapters import rates
from feature_store.adapters.connect import StoreUnavailable
from serving.access.callers import Caller, Forbidden, caller_of
from serving.access.roles import Act
from serving.api.problems import problem
from serving.wiring import Parts

OPEN = frozenset({"/livez"})
"""Paths that answer without a key."""
_MOST_HEADER = 200
BURST = 5
"""Seconds' worth of calls that a client may make at once."""


class TooMany:
    """A client that has made all the calls it may make for now."""


class KeyNeeded:
    """Middleware: a live key, or 401; not too many calls, or 429; nothing of the request is read before."""

    def __init__(self, app: ASGIApp, parts: Parts) -> None:
        self._app, self._parts = app, parts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a call through with its caller in the scope's state, or answer 401."""
        if scope["type"] != "http" or scope["path"] in OPEN:
            await self._app(scope, receive, send)
            return
        try:
            caller = await run_in_threadpool(self._caller, _bearer(scope))
        except StoreUnavailable:
            await problem(503, "store-unavailable", "The database cannot be reached; try again shortly.")(
                scope, receive, send
            )
            return
        if caller is None:
            answer = problem(401, "key-needed", "Send a live key: Authorization: Bearer lushi_…")
            answer.headers["WWW-Authenticate"] = 'Bearer realm="lushi"'
            await answer(scope, receive, send)
            return
        if not isinstance(caller, Caller):
            answer = problem(429, "too-many-calls", "This client calls too often; wait a second and go on more slowly.")
            answer.headers["Retry-After"] = "1"
            await answer(scope, receive, send)
            return
        scope.setdefault("state", {})["caller"] = caller
        await self._app(scope, receive, send)

    def _caller(self, written: str) -> Caller | TooMany | None:
        if not written:
            return None
        rate = self._parts.settings.calls_per_second
        with self._parts.store.briefly() as connection:
            caller = caller_of(connection, written, pepper=self._parts.access_key, now=self._parts.clock.now())
            if caller is None or rates.take(connection, caller.client_id, rate=rate, burst=rate * BURST):
                return caller
            return TooMany()


def _bearer(scope: Scope) -> str:
    """What stands after 'Bearer'; empty where there is not exactly one such header."""
    found = [value for name, value in scope["headers"] if name == b"authorization"]
    if len(found) != 1 or len(found[0]) > _MOST_HEADER:
        return ""
    scheme, _, written = found[0].decode("latin-1").partition(" ")
    return written.strip() if scheme.lower() == "bearer" else ""


def allowed(act: Act) -> Any:
    """The dependency of a route: the caller, whose role must allow the act."""

    async def check(request: Request) -> Caller:  # async: checked at once, without a thread
        caller: Caller = request.state.caller
        if not caller.may(act):
            raise Forbidden("the key's role does not allow this call")
        return caller

    check.act = act  # type: ignore[attr-defined]
    return Depends(check)


def act_of(dependency: Callable[..., Any]) -> Act | None:
    """The act that a dependency checks; None for another dependency."""
    found: Act | None = getattr(dependency, "act", None)
    return found


Deciding = Annotated[Caller, allowed(Act.DECIDE)]
ReadingDecisions = Annotated[Caller, allowed(Act.READ_DECISION)]
ReadingHouseholds = Annotated[Caller, allowed(Act.READ_HOUSEHOLD)]
Assessing = Annotated[Caller, allowed(Act.ASSESS)]
ReadingLog = Annotated[Caller, allowed(Act.READ_LOG)]
ReadingService = Annotated[Caller, allowed(Act.READ_SERVICE)]
