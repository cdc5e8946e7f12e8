"""Every error of a page is a page: what happened, and what to do, in the reader's language. Nothing that was sent is repeated."""

from __future__ import annotations

import json
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scoring.errors import LushiError
from serving.api.answers import answer_of, note
from serving.console.fault_words import OURS, WORDS
from serving.console.visit import reader_of


class FaultPages:
    """Middleware: answers an error with its page, where no answer has begun."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the call on; an error comes back as a page."""
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception as error:
            if begun:
                raise
            page = fault_page(error, scope)
            note(error, page.status_code)
            await page(scope, receive, send)


def fault_page(error: Exception, scope: Scope) -> Response:
    """The page of an error, with the status that the API gives it."""
    problem = answer_of(error)
    kind = str(json.loads(bytes(problem.body))["type"]).removeprefix("urn:lushi:problem:")
    what, mend = WORDS.get(kind, OURS)
    page = reader_of(scope).page("fault.html", {"what": what, "mend": mend}, status=problem.status_code)
    for name in ("retry-after", "allow"):
        if name in problem.headers:
            page.headers[name] = problem.headers[name]
    return page


def leave_to_pages(app: FastAPI) -> None:
    """Let errors reach :class:`FaultPages` instead of the framework's own answers."""

    async def again(_: Request, error: Exception) -> Any:
        raise error

    for kind in (HTTPException, RequestValidationError, LushiError):
        app.add_exception_handler(kind, again)
