"""What the head of a request may be: short, sayable, each header once, a method that the address takes.

Looked at before anything reads a body, so that a refusal costs nothing.
"""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from fastapi.responses import JSONResponse
from starlette.routing import Match
from starlette.types import ASGIApp, Receive, Scope, Send

from serving.api.problems import problem

MOST_ADDRESS_BYTES = 2_048
"""Longest path with its query."""
MOST_HEADERS = 64
MOST_HEADER_BYTES = 16_384
"""Most headers, and most bytes of all their names and values."""
_ONCE = frozenset(
    {b"host", b"content-type", b"content-length", b"content-encoding", b"transfer-encoding", b"idempotency-key"}
)
"""Headers of which readers disagree when they come twice."""
_METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
_BAD_PERCENT = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_UNSAYABLE = re.compile(r"[\x00-\x1f\x7f\\]")


class RequestForm:
    """Middleware: refuses a head that breaks a bound or can be read in two ways."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on, or answer with the problem of its head."""
        refused = _refused(scope) if scope["type"] == "http" else None
        if refused is not None and refused.status_code != 405:
            refused.headers["Connection"] = "close"  # what still comes is not to be trusted either
        await (refused or self._app)(scope, receive, send)


def _refused(scope: Scope) -> JSONResponse | None:
    """The refusal that a request's head calls for."""
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    query: bytes = scope["query_string"]
    headers: list[tuple[bytes, bytes]] = scope["headers"]
    if len(path) + len(query) > MOST_ADDRESS_BYTES:
        return problem(414, "address-too-long", f"An address has at most {MOST_ADDRESS_BYTES} bytes.")
    if len(headers) > MOST_HEADERS or sum(len(name) + len(value) for name, value in headers) > MOST_HEADER_BYTES:
        words = f"A request has at most {MOST_HEADERS} headers with {MOST_HEADER_BYTES} bytes together."
        return problem(431, "headers-too-large", words)
    if not (_sayable(path) and _sayable(query)):
        return problem(400, "unreadable", "The address is not text in UTF-8, percent-encoded. Correct it.")
    names = [name for name, _ in headers if name in _ONCE]
    if len(names) > len(set(names)):
        return problem(400, "unreadable", "A header stands twice. Send each once.")
    return _wrong_method(scope) or _body_unasked(scope, dict(headers))


def _sayable(part: bytes) -> bool:
    """Whether a part of an address is percent-encoded UTF-8 without control characters and backslashes."""
    if _BAD_PERCENT.search(part):
        return False
    try:
        text = unquote_to_bytes(part).decode()
    except UnicodeDecodeError:
        return False
    return not _UNSAYABLE.search(text)


def _wrong_method(scope: Scope) -> JSONResponse | None:
    """405 with what the address does take; None where the method is right or there is no such address."""
    known = False
    for route in scope["app"].routes:
        match, _ = route.matches(scope)
        if match is Match.FULL:
            return None
        known = known or match is Match.PARTIAL
    if not known:
        return None
    takes = [method for method in _METHODS if _takes(scope, method)]
    answer = problem(405, "method-not-allowed", f"This address takes {', '.join(takes)}; see /openapi.json.")
    answer.headers["Allow"] = ", ".join(takes)
    return answer


def _takes(scope: Scope, method: str) -> bool:
    return any(route.matches({**scope, "method": method})[0] is Match.FULL for route in scope["app"].routes)


def _body_unasked(scope: Scope, headers: dict[bytes, bytes]) -> JSONResponse | None:
    """400 for a body on a method that takes none: what stands between us and the caller may read it otherwise."""
    if scope["method"] not in ("GET", "HEAD", "OPTIONS", "DELETE"):
        return None
    if headers.get(b"content-length", b"0") == b"0" and b"transfer-encoding" not in headers:
        return None
    return problem(400, "unreadable", "This call takes no body. Send it without one.")
