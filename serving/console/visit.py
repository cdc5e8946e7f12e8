"""One visit to a page: who reads it, in which language, and what its form brought."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.types import Scope

from serving.access.callers import Caller, Forbidden
from serving.access.roles import Act
from serving.api.query_form import check_query
from serving.console.assets import address
from serving.console.frame import render
from serving.console.languages import COOKIE, LANGUAGES, language_of, translate
from serving.console.sections import sections_of
from serving.console.tokens import COOKIE as TOKEN_COOKIE
from serving.console.tokens import masked


@dataclass(frozen=True, slots=True)
class Reader:
    """Whoever looks at a page, signed in or not. address: of the page, for the way back after the language was changed."""

    language: str
    address: str
    caller: Caller | None
    token: str

    def page(self, name: str, values: Mapping[str, Any], /, *, status: int = 200) -> HTMLResponse:
        """A page from its template; every template finds the frame's values too."""
        frame = {
            "caller": self.caller,
            "sections": sections_of(self.caller) if self.caller else [],
            "languages": LANGUAGES,
            "address": self.address,
            "asset": address,
            "csrf_token": masked(self.token),
        }
        return HTMLResponse(render(self.language, name, {**frame, **values}), status_code=status)

    def say(self, message: str) -> str:
        """A message in the reader's language."""
        return translate(self.language, message)


def reader_of(scope: Scope) -> Reader:
    """The reader behind a call."""
    request = Request(scope)
    query = f"?{request.url.query}" if request.url.query else ""
    return Reader(
        language_of(request.cookies.get(COOKIE), request.headers.get("accept-language", "")),
        quote(request.url.path, safe="/:") + query if scope["method"] == "GET" else "/console/",
        scope.get("state", {}).get("caller"),
        request.cookies.get(TOKEN_COOKIE, "")[:100],
    )


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit that its role allows. form: what was sent; empty for a page that is only read."""

    caller: Caller
    reader: Reader
    form: Mapping[str, str]

    def show(self, name: str, /, *, status: int = 200, **values: Any) -> HTMLResponse:
        """A page from its template."""
        return self.reader.page(name, values, status=status)

    def go(self, path: str) -> RedirectResponse:
        """On to another page, after a form was taken."""
        return RedirectResponse(path, status_code=303)


def page(act: Act) -> Any:
    """The dependency of a page: a visit whose role allows the act; its query holds nothing unknown."""

    async def check(request: Request) -> Visit:  # async: checked at once, without a thread
        caller: Caller = request.state.caller
        if not caller.may(act):
            raise Forbidden("the caller's role does not allow this page")
        check_query(request)
        return Visit(caller, reader_of(request.scope), request.scope.get("state", {}).get("form", {}))

    check.act = act  # type: ignore[attr-defined]
    return Depends(check)
