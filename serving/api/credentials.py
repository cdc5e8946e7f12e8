"""What a request brings to show who calls: a key, a name and password, or a session's cookie; read from its headers alone."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.types import Scope

from serving.access.sessions import COOKIE

_MOST_KEY, _MOST_BASIC, _MOST_COOKIES = 200, 2_000, 8_000
"""Longest headers that are read, in bytes."""
CSRF_HEADER = b"x-csrf-token"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing, and so need no token against forged calls."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent: ``key`` and ``session`` are empty where there is not exactly one that can be read."""

    key: str
    session: str
    csrf: str

    def __repr__(self) -> str:
        return "Sent()"


def sent(scope: Scope) -> Sent | None:
    """What shows who calls; None where a key and a session come together, or either comes twice."""
    authorized, cookies = _all(scope, b"authorization"), _sessions(scope)
    if len(authorized) + len(cookies) > 1:
        return None
    tokens = _all(scope, CSRF_HEADER)
    csrf = tokens[0].decode("latin-1") if len(tokens) == 1 and len(tokens[0]) <= _MOST_KEY else ""
    key = authorized[0] if authorized else b""
    return Sent(_after("bearer", key, most=_MOST_KEY), cookies[0] if cookies else "", csrf)


def name_and_password(scope: Scope) -> tuple[str, str] | None:
    """The name and password of HTTP's Basic scheme in UTF-8 (RFC 7617); None where there is not exactly one of them."""
    authorized = _all(scope, b"authorization")
    if len(authorized) != 1:
        return None
    try:
        written = base64.b64decode(_after("basic", authorized[0], most=_MOST_BASIC), validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    name, colon, password = written.partition(":")
    return (name, password) if colon else None


def from_elsewhere(scope: Scope) -> bool:
    """Whether a browser says that the call comes from pages of another host than the one it goes to."""
    origins = _all(scope, b"origin")
    if not origins:
        return False
    hosts = _all(scope, b"host")
    try:
        origin = urlsplit(origins[0].decode("latin-1").lower())
    except ValueError:
        return True
    schemes = {"https"} if scope["scheme"] == "https" else {"http", "https"}  # a gateway may have spoken TLS
    same = len(origins) == len(hosts) == 1 and origin.netloc == hosts[0].decode("latin-1").lower()
    return not same or origin.scheme not in schemes


def stays_here(scope: Scope) -> bool:
    """Whether a call never left this machine: plain HTTP, from and to a loopback address, and no gateway between."""
    hosts = _all(scope, b"host")
    gateway = any(name.startswith(b"x-forwarded-") or name in (b"forwarded", b"via") for name, _ in scope["headers"])
    if scope["scheme"] != "http" or gateway or len(hosts) != 1:
        return False
    client = (scope.get("client") or ("",))[0]
    try:
        asked = urlsplit(f"//{hosts[0].decode('latin-1')}").hostname or ""
        return ip_address(client).is_loopback and (asked == "localhost" or ip_address(asked).is_loopback)
    except ValueError:
        return False


def _sessions(scope: Scope) -> list[str]:
    """Every value of the session's cookie; one that is too long to be read still counts as sent."""
    found = []
    for header in _all(scope, b"cookie"):
        for pair in header[:_MOST_COOKIES].decode("latin-1").split(";"):
            name, _, value = pair.strip().partition("=")
            if name == COOKIE:
                found.append(value)
    return found


def _after(scheme: str, header: bytes, *, most: int) -> str:
    """What stands after the scheme's name; empty for another scheme or too long a header."""
    found, _, written = header[:most].decode("latin-1").partition(" ")
    return written.strip() if found.lower() == scheme and len(header) <= most else ""


def _all(scope: Scope, name: bytes) -> list[bytes]:
    return [value for found, value in scope["headers"] if found == name]
