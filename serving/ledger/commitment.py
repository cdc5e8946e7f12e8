"""An entry of the log and what it commits to.

The entry's bytes, over which the tree is built, hold no content: kind, time, and a salted commitment. Whoever holds
content and salt can show that the entry is about it; once both are erased, nobody can learn it from the log.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime

from scoring.canonical import canonical

FORMAT = 1
"""Version of an entry's layout."""
SALT_BYTES = 32


def new_salt() -> bytes:
    """A fresh salt, 32 random bytes."""
    return secrets.token_bytes(SALT_BYTES)


def commitment(content: bytes, salt: bytes) -> str:
    """HMAC-SHA256 of the content under the salt, in hexadecimal: binding, and hiding while the salt is secret."""
    return hmac.new(salt, content, hashlib.sha256).hexdigest()


def body_of(kind: str, recorded_at: datetime, committed: str) -> bytes:
    """The entry's canonical bytes."""
    return canonical({"format": FORMAT, "kind": kind, "recorded_at": recorded_at.isoformat(), "commitment": committed})
