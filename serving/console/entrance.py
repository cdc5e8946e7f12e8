"""The way in and out: sign in, sign out, the reader's language, and where a role begins."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import RedirectResponse

from serving.access.callers import NotSignedIn
from serving.access.passwords import Busy
from serving.access.roles import Act
from serving.access.sessions import COOKIE, LIFETIME
from serving.access.waits import MustWait
from serving.accounts.sign_in import SignedIn, sign_in, sign_out
from serving.api.credentials import sent, stays_here
from serving.console import languages, tokens
from serving.console.sections import N_
from serving.console.signed import SIGN_IN
from serving.console.visit import Visit, page, reader_of
from serving.wiring import Parts

A_YEAR = 365 * 86_400
MOST_ADDRESS = 2_000
Address = Annotated[str, Query(max_length=MOST_ADDRESS)]


def entrance(parts: Parts) -> APIRouter:
    """The pages over one set of parts."""
    routes = APIRouter()

    @routes.get(SIGN_IN)
    def get_sign_in(request: Request, next: Address = "") -> Response:
        """The form for name and password."""
        return reader_of(request.scope).page("sign_in.html", {"next": next, "fault": None, "name": ""})

    @routes.post(SIGN_IN)
    def post_sign_in(request: Request) -> Response:
        """Open a session and go where the person wanted to go."""
        form = request.state.form
        name, back = form.get("name", "")[:200], form.get("next", "")
        try:
            opened = sign_in(parts, name, form.get("password", ""))
        except (NotSignedIn, MustWait, Busy) as refused:
            fault, status = _refusal(refused)
            values = {"next": back, "fault": fault, "name": name}
            return reader_of(request.scope).page("sign_in.html", values, status=status)
        answer = RedirectResponse(back if _ours(back) else "/console/", status_code=303)
        _keep(answer, opened, request)
        return answer

    @routes.post("/console/sign-out")
    def post_sign_out(request: Request, visit: Annotated[Visit, page(Act.SIGN_OUT)]) -> Response:
        """End the session."""
        found = sent(request.scope)
        sign_out(parts, found.session if found else "")
        answer = RedirectResponse(SIGN_IN, status_code=303)
        for cookie in (COOKIE, tokens.COOKIE):
            answer.delete_cookie(cookie, path="/", httponly=True, samesite="strict")
        return answer

    @routes.get("/console/language/{language}")
    def get_language(language: Annotated[str, Path(pattern="^(zh|en)$")], back: Address = "") -> Response:
        """Keep the reader's language, and go back to the page."""
        answer = RedirectResponse(back if _ours(back) else "/console/", status_code=303)
        answer.set_cookie(languages.COOKIE, language, max_age=A_YEAR, path="/console", httponly=True, samesite="lax")
        return answer

    @routes.get("/console")
    @routes.get("/console/")
    def get_start(visit: Annotated[Visit, page(Act.SIGN_OUT)]) -> Response:
        """What the role may open."""
        return visit.show("start.html")

    return routes


def _refusal(refused: NotSignedIn | MustWait | Busy) -> tuple[str, int]:
    """What the person reads, and the status."""
    if isinstance(refused, MustWait):
        return N_("There were too many wrong passwords for this name. Wait a quarter of an hour, then try again."), 429
    if isinstance(refused, Busy):
        return N_("Too many people are signing in at this moment. Try again in a few seconds."), 503
    return N_(
        "The name or the password is not right. Ask the administrator for a new password if you have lost it."
    ), 401


def _ours(address: str) -> bool:
    """Whether an address lies in the console: no other host is ever led to."""
    return address.startswith("/console/") and not any(it in address for it in ("\\", "\n", "\r"))


def _keep(answer: Response, opened: SignedIn, request: Request) -> None:
    """The session's two cookies: no script reads them, no other site's page sends them, under TLS only off this machine."""
    secure = not stays_here(request.scope)
    for name, value in ((COOKIE, opened.tokens.session), (tokens.COOKIE, opened.tokens.csrf)):
        answer.set_cookie(
            name,
            value,
            max_age=int(LIFETIME.total_seconds()),
            path="/",
            secure=secure,
            httponly=True,
            samesite="strict",
        )
