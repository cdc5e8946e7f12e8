"""Sessions of people: a cookie's token and the token against forged calls; only their HMACs are kept."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta

COOKIE = "lushi_session"
LIFETIME = timedelta(hours=8)
"""A session ends so long after it was opened, however much it is used: a working day [assumed]."""
IDLE = timedelta(minutes=30)
"""A session that is not used for so long ends before [assumed]."""
NOTED_AFTER = timedelta(minutes=1)
"""Use is noted at most so often, so that a call need not wait for the disk; a session may end so much early."""
_BYTES = 32
_FORM = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Tokens:
    """A fresh session's two secrets, 256 random bits each: the cookie's, and the one that every change must bring."""

    session: str
    csrf: str

    def __repr__(self) -> str:
        return "Tokens()"


def new_tokens() -> Tokens:
    """Two fresh tokens."""
    return Tokens(secrets.token_urlsafe(_BYTES), secrets.token_urlsafe(_BYTES))


def session_mac(token: str, pepper: bytes) -> bytes | None:
    """What is kept of a session's token; None for what cannot be one."""
    return _mac("session", token, pepper) if _FORM.fullmatch(token) else None


def csrf_mac(token: str, pepper: bytes) -> bytes:
    """What is kept of the token against forged calls."""
    return _mac("csrf", token, pepper)


def name_mac(name: str, pepper: bytes) -> bytes:
    """Under what wrong passwords are counted for a name as it was typed: people type passwords there, too."""
    return _mac("name", name, pepper)


def _mac(use: str, text: str, pepper: bytes) -> bytes:
    return hmac.new(pepper, f"{use} {text}".encode("utf-8", "surrogatepass"), hashlib.sha256).digest()
