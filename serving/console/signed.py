"""Who visits: a person behind a session's cookie; anybody else is led to the page where people sign in."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from serving.access.callers import CsrfFailed, Session, session_of
from serving.api import rate
from serving.api.credentials import SAFE, from_elsewhere, sent
from serving.api.rate import TooManyCalls
from serving.console import sent_files
from serving.console.forms import nothing_more
from serving.console.tokens import unmasked
from serving.wiring import Parts

SIGN_IN = "/console/sign-in"
OPEN = ("/console/assets/", "/console/language/", SIGN_IN)
"""Beginnings of the paths that need nobody's name."""


class SignedIn:
    """Middleware: the caller into the scope's state, or on to the sign-in page; a form needs its session's token."""

    def __init__(self, app: ASGIApp, parts: Parts) -> None:
        self._app, self._parts = app, parts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a call through with its caller, or answer it.

        Raises:
            CsrfFailed: for a form that does not come from a page of the session.
            TooManyCalls, StoreUnavailable: as the API's calls.
        """
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["method"] not in SAFE and from_elsewhere(scope):
            raise CsrfFailed("the form comes from pages of another host")
        if not scope["path"].startswith(OPEN):
            session = await run_in_threadpool(self._session, scope)
            if session is None:
                await RedirectResponse(_sign_in(scope), status_code=303)(scope, receive, send)
                return
            scope.setdefault("state", {})["caller"] = session.caller
            if sent_files.brings_file(scope):
                await self._with_file(session, scope, receive, send)
                return
            self._check_token(session, scope)
        await self._app(scope, receive, send)

    async def _with_file(self, session: Session, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the form of somebody who is signed in, its file with it; the file goes when the call ends."""
        form, file = await sent_files.read(scope, receive)
        scope["state"] |= {"form": form, "file": file}
        try:
            self._check_token(session, scope)
            await self._app(scope, nothing_more(receive), send)
        finally:
            if file is not None:
                file.content.close()

    def _session(self, scope: Scope) -> Session | None:
        found, parts = sent(scope), self._parts
        if found is None or not found.session:
            return None
        with parts.store.briefly() as connection:
            session = session_of(connection, found.session, pepper=parts.access_key, now=parts.clock.now())
            if session is None:
                return None
            if not rate.take(connection, session.caller, rate=parts.settings.calls_per_second):
                raise TooManyCalls(1)
        return session

    def _check_token(self, session: Session, scope: Scope) -> None:
        form = scope.get("state", {}).get("form", {})
        if scope["method"] not in SAFE and not session.owns(
            unmasked(form.get("csrf_token", "")), self._parts.access_key
        ):
            raise CsrfFailed("the form does not come from a page of this session")


def _sign_in(scope: Scope) -> str:
    """The sign-in page, with the way back to a page that was only read."""
    asked = Request(scope).url
    back = asked.path + (f"?{asked.query}" if asked.query else "")
    return f"{SIGN_IN}?{urlencode({'next': back})}" if scope["method"] in SAFE and back != "/console" else SIGN_IN
