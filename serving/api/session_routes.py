"""People sign in with name and password, and out again; between, a cookie says who calls."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from serving.access.callers import CsrfFailed, NotSignedIn
from serving.access.sessions import COOKIE
from serving.accounts.sign_in import sign_in, sign_out
from serving.api.access import SIGN_IN, SigningOut
from serving.api.credentials import from_elsewhere, name_and_password, sent, stays_here
from serving.api.problems import documented
from serving.api.query_form import check_query
from serving.api.schemas_state import SessionOpened
from serving.wiring import Parts


def session_routes(parts: Parts) -> APIRouter:
    """The routes over one set of parts."""
    routes = APIRouter(tags=["sessions"])

    @routes.post(SIGN_IN[1], status_code=201, response_model=SessionOpened, responses=documented())
    def post_session(request: Request) -> Response:
        """Sign in: Authorization: Basic with name and password in UTF-8, no body. Sets the session's cookie."""
        check_query(request)
        found = name_and_password(request.scope)
        if from_elsewhere(request.scope):
            raise CsrfFailed("the call comes from pages of another host")
        if found is None:
            raise NotSignedIn("there is no name and password")
        opened = sign_in(parts, *found)
        said = SessionOpened(csrf_token=opened.tokens.csrf, expires_at=opened.expires_at, role=opened.role)
        answer = JSONResponse(said.model_dump(mode="json"), status_code=201, headers={"Cache-Control": "no-store"})
        _set(answer, opened.tokens.session, request)
        return answer

    @routes.delete("/v1/sessions/current", status_code=204, responses=documented(404))
    def delete_session(caller: SigningOut, request: Request) -> Response:
        """Sign out: the session ends at once."""
        found = sent(request.scope)
        sign_out(parts, found.session if found else "")
        answer = Response(status_code=204)
        _set(answer, "", request, seconds=0)
        return answer

    return routes


def _set(answer: Response, token: str, request: Request, *, seconds: int | None = None) -> None:
    """The cookie: no script reads it, no other site's page sends it, and it leaves this machine under TLS only.

    seconds: how long it is kept; None for as long as the browser is open.
    """
    secure = not stays_here(request.scope)
    answer.set_cookie(COOKIE, token, max_age=seconds, path="/", secure=secure, httponly=True, samesite="strict")
