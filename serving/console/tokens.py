"""The token against forged forms as it stands in a page: masked anew each time, so that no two pages hold the same bytes.

Pages are compressed and repeat what was asked; a token that stayed the same could be guessed from their lengths.
"""

from __future__ import annotations

import base64
import binascii
import secrets

COOKIE = "lushi_forms"
"""The cookie that holds the session's token, which no script reads; the session itself has its own."""


def masked(token: str) -> str:
    """A token as a page's forms bring it."""
    plain = token.encode("latin-1", "replace")
    mask = secrets.token_bytes(len(plain))
    return base64.urlsafe_b64encode(mask + _xor(plain, mask)).decode()


def unmasked(written: str) -> str:
    """The token that a form brings; empty for what cannot be one."""
    try:
        both = base64.b64decode(written[:400].encode("latin-1"), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return ""
    half = len(both) // 2
    return _xor(both[half:], both[:half]).decode("latin-1") if len(both) == 2 * half else ""


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
