"""What a form may send: fields of text, small, in time, each once where one is meant."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.api.limits import TooLarge, arrived
from serving.console.sent_files import brings_file

MOST_FIELDS = 600
FORM = "application/x-www-form-urlencoded"


class Forms:
    """Middleware: reads a form once, within bounds, into the scope's state as ``form``; a field that comes twice is refused.

    One that brings a file is left until it is known who sends it (``signed.py``).
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the call on with its fields, or raise what is wrong with them."""
        if scope["type"] != "http" or scope["method"] != "POST" or brings_file(scope):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
            raise HTTPException(415)
        scope.setdefault("state", {})["form"] = _fields(await _body(receive))
        await self._app(scope, nothing_more(receive), send)


def nothing_more(receive: Receive) -> Receive:
    """What is left to receive once a body was read."""
    sent = False

    async def once() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": b"", "more_body": False}

    return once


async def _body(receive: Receive) -> bytes:
    try:
        return await arrived(receive)
    except TooLarge:
        raise HTTPException(413) from None
    except TimeoutError:
        raise HTTPException(408) from None


def _fields(body: bytes) -> Mapping[str, str]:
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError:  # also of what is not UTF-8
        raise HTTPException(400) from None
    found = dict(pairs)
    if len(found) < len(pairs) or any("\0" in value for value in found.values()):
        raise HTTPException(400)
    return found
