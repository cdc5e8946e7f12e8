"""Who may call a route: a key or a session for everything but liveness, and for each route the act that it stands for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send

from feature_store.adapters.log_tables import Connection
from scoring.errors import LushiError
from serving.access.callers import Caller, CsrfFailed, Forbidden, NotSignedIn, counted_callers_of, session_of
from serving.access.roles import Act
from serving.api import rate
from serving.api.answers import answer_of
from serving.api.credentials import SAFE, Sent, from_elsewhere, sent
from serving.api.query_form import check_query
from serving.api.rate import BURST, TooManyCalls
from serving.gathering import Gatherer, gathered
from serving.turns import AT_ONCE
from serving.wiring import Parts

__all__ = ["BURST", "OPEN", "SIGN_IN", "KeyNeeded", "act_of", "allowed"]

OPEN = frozenset({"/livez"})
"""Paths that answer without a key."""
SIGN_IN = ("POST", "/v1/sessions")
"""The call that makes a session; it needs a name and a password instead."""
_MOST_KEYS = 64
"""Most keys that are looked up at once."""


class KeyNeeded:
    """Middleware: a live key or an open session, or 401; not too many calls, or 429; nothing of the body is read before."""

    def __init__(self, app: ASGIApp, parts: Parts) -> None:
        self._app, self._parts = app, parts
        self._keys: Gatherer[str, tuple[Caller | None, bool]] = Gatherer(
            self._look_up, at_once=AT_ONCE, most=_MOST_KEYS
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a call through with its caller in the scope's state, or answer why not."""
        if scope["type"] != "http" or scope["path"] in OPEN or (scope["method"], scope["path"]) == SIGN_IN:
            await self._app(scope, receive, send)
            return
        try:
            caller = await self._caller(scope)
        except LushiError as error:
            await answer_of(error)(scope, receive, send)
            return
        scope.setdefault("state", {})["caller"] = caller
        await self._app(scope, receive, send)

    async def _caller(self, scope: Scope) -> Caller:
        found = sent(scope)
        if found is None or not (found.key or found.session):
            raise NotSignedIn("there is no key and no session, or more than one")
        if found.key:
            caller, may_call = await gathered(self._keys.put(found.key))
        else:
            caller, may_call = await run_in_threadpool(self._session, found, scope)
        if caller is None:
            raise NotSignedIn("the key or session does not count")
        if not may_call:
            raise TooManyCalls(1)
        return caller

    def _look_up(self, keys: Sequence[str]) -> list[tuple[Caller | None, bool]]:
        """The callers of calls that came at the same time."""
        each = self._parts.settings.calls_per_second
        with self._parts.store.briefly() as connection:
            return counted_callers_of(
                connection,
                keys,
                pepper=self._parts.access_key,
                now=self._parts.clock.now(),
                rate=each,
                burst=each * BURST,
            )

    def _session(self, found: Sent, scope: Scope) -> tuple[Caller | None, bool]:
        with self._parts.store.briefly() as connection:
            caller = self._signed_in(connection, found, scope, self._parts.clock.now())
            each = self._parts.settings.calls_per_second
            return caller, caller is not None and rate.take(connection, caller, rate=each)

    def _signed_in(self, connection: Connection, found: Sent, scope: Scope, now: datetime) -> Caller | None:
        """The person behind a cookie; what a browser was made to send from elsewhere is refused."""
        session = session_of(connection, found.session, pepper=self._parts.access_key, now=now)
        if session is None:
            return None
        if from_elsewhere(scope):
            raise CsrfFailed("the call comes from pages of another host")
        if scope["method"] not in SAFE and not session.owns(found.csrf, self._parts.access_key):
            raise CsrfFailed("send the session's csrf_token as X-CSRF-Token with every call that changes something")
        return session.caller


def allowed(act: Act) -> Any:
    """The dependency of a route: the caller, whose role must allow the act; its query holds nothing unknown."""

    async def check(request: Request) -> Caller:  # async: checked at once, without a thread
        caller: Caller = request.state.caller
        if not caller.may(act):
            raise Forbidden("the caller's role does not allow this call")
        check_query(request)
        return caller

    check.act = act  # type: ignore[attr-defined]
    return Depends(check)


def act_of(dependency: Callable[..., Any]) -> Act | None:
    """The act that a dependency checks; None for another dependency."""
    found: Act | None = getattr(dependency, "act", None)
    return found


Deciding = Annotated[Caller, allowed(Act.DECIDE)]
ReadingDecisions = Annotated[Caller, allowed(Act.READ_DECISION)]
ClosingDecisions = Annotated[Caller, allowed(Act.CLOSE_DECISION)]
Replaying = Annotated[Caller, allowed(Act.REPLAY)]
ReadingHouseholds = Annotated[Caller, allowed(Act.READ_HOUSEHOLD)]
Searching = Annotated[Caller, allowed(Act.SEARCH_HOUSEHOLD)]
Unmasking = Annotated[Caller, allowed(Act.UNMASK)]
Assessing = Annotated[Caller, allowed(Act.ASSESS)]
ReadingLog = Annotated[Caller, allowed(Act.READ_LOG)]
ReadingService = Annotated[Caller, allowed(Act.READ_SERVICE)]
SigningOut = Annotated[Caller, allowed(Act.SIGN_OUT)]
