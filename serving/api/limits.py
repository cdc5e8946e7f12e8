"""What a request body may be, before anything reads it: JSON in UTF-8, small, flat, whole, in time, no key twice.

The body is read here, counted byte by byte whatever its headers say, and handed on in one piece.
"""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

from fastapi.responses import JSONResponse
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.api.problems import problem

MOST_BYTES = 262_144
"""Largest body accepted: a whole credit file is under 20 KB."""
MOST_SECONDS = 10.0
"""Longest that a body may take to arrive."""
WITHOUT_BODY = frozenset({"/v1/sessions"})
"""Paths to which nothing is posted but the call itself."""
MOST_DEPTH = 16
"""Deepest nesting of lists and objects: a decision's is 1, a batch's 3."""
WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


class BodyLimits:
    """Refuses a body that breaks a limit with a problem; the application never sees it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in WITH_BODY:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if scope.get("path") in WITHOUT_BODY:
            body: bytes | JSONResponse = b"" if _bodiless(headers) else _unwanted()
        else:
            body = _refused(headers) or await _body(receive)
        if isinstance(body, JSONResponse):
            body.headers["Connection"] = "close"
            await body(scope, receive, send)
            return
        handed = False

        async def once() -> Message:
            nonlocal handed
            if handed:
                return await receive()
            handed = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, once, send)


def _bodiless(headers: Headers) -> bool:
    """Whether the headers announce no body."""
    return (
        headers.get("content-length", "0") == "0"
        and "transfer-encoding" not in headers
        and "content-type" not in headers
    )


def _unwanted() -> JSONResponse:
    return problem(400, "unreadable", "This call has no body: send none, and no Content-Type.")


def _refused(headers: Headers) -> JSONResponse | None:
    """The refusal that the headers alone call for."""
    media_type, _, said = (part.strip().lower() for part in headers.get("content-type", "").partition(";"))
    if media_type != "application/json" or said.replace('"', "") not in ("", "charset=utf-8"):
        return problem(415, "not-json", "Send the body as application/json, in UTF-8.")
    if headers.get("content-encoding", "identity").strip().lower() != "identity":
        return problem(415, "not-json", "Send the body as it is, without a Content-Encoding.")
    length = headers.get("content-length", "")
    if "transfer-encoding" in headers or not (length.isascii() and length.isdigit()):
        return problem(400, "unreadable", "Send the body in one piece with its Content-Length.")
    if len(length) > 9 or int(length) > MOST_BYTES:
        return _too_large()
    return None


class TooLarge(Exception):
    """A body has more than :data:`MOST_BYTES`."""


async def arrived(receive: Receive) -> bytes:
    """The whole body, counted as it comes.

    Raises:
        TooLarge: where it has more than :data:`MOST_BYTES`.
        TimeoutError: where it takes longer than :data:`MOST_SECONDS`.
    """
    parts: list[bytes] = []
    async with asyncio.timeout(MOST_SECONDS):
        while True:
            message = await receive()
            parts.append(message.get("body", b""))
            if sum(map(len, parts)) > MOST_BYTES:
                raise TooLarge
            if message["type"] != "http.request" or not message.get("more_body", False):
                return b"".join(parts)


async def _body(receive: Receive) -> bytes | JSONResponse:
    """The whole body, or the refusal that it calls for."""
    try:
        body = await arrived(receive)
    except TooLarge:
        return _too_large()
    except TimeoutError:
        return problem(408, "too-slow", f"Send the whole body within {MOST_SECONDS:.0f} seconds.")
    try:
        check_json(body)
    except _Refused as refused:
        return problem(400, "unreadable", str(refused))
    except (ValueError, RecursionError):
        return problem(400, "unreadable", "The body is not JSON. Send one JSON object in UTF-8.")
    return body


class _Refused(Exception):
    """Internal: JSON that readers read differently, and what to do about it."""


def check_json(body: bytes) -> None:
    """Refuse what is not JSON in UTF-8, or what two readers might read in two ways.

    Raises:
        ValueError, RecursionError: where it is not JSON.
        _Refused: a key twice, nested too deeply, or half of a character.
    """
    text = body.decode()
    found = json.loads(text, object_pairs_hook=_once_each, parse_constant=_no_number)
    if text.count("[") + text.count("{") > MOST_DEPTH and _depth(found) > MOST_DEPTH:
        raise _Refused(f"The body is nested too deeply. Lists and objects nest at most {MOST_DEPTH} deep.")
    if _HALF.search(text):
        try:
            json.dumps(found, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise _Refused("The body holds half of a character. Send text in UTF-8.") from None


_HALF = re.compile(r"\\u[dD][89a-fA-F]")


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Refused("A key stands twice in one JSON object. Send each key once.")
    return found


def _no_number(_: str) -> None:
    raise ValueError  # NaN and Infinity are no JSON


def _depth(value: object) -> int:
    """How deep lists and objects nest in a value; 0 for a plain one."""
    level, depth = [value], 0
    while level := [it for it in level if isinstance(it, dict | list)]:
        depth += 1
        level = [inner for it in level for inner in (it.values() if isinstance(it, dict) else it)]
    return depth


def _too_large() -> JSONResponse:
    return problem(413, "too-large", f"A body has at most {MOST_BYTES} bytes.")
