"""What one person must not do alone: two different names and a cause, checked in one place for every such act."""

from __future__ import annotations

import unicodedata

MOST = 500
"""Longest name or cause, in characters."""
_UNSEEN = "\u115f\u1160"
"""Letters without a shape; the other two of their kind become these."""


def two_people(by: str, second: str, why: str) -> list[str]:
    """Why these two names and this cause do not do, all of it; empty where they do."""
    reasons = []
    if not _name(by) or not _name(second) or _name(by) == _name(second):
        reasons.append("it needs two different people; give --by and --second")
    if not why.strip():
        reasons.append("it needs a cause; give --why")
    if not all(map(_writable, (by, second, why))):
        reasons.append(f"names and cause must be printable, at most {MOST} characters each")
    return reasons


def named(by: str) -> list[str]:
    """Why this does not name a person; empty where it does."""
    return [] if _name(by) and _writable(by) else ["it must be known who does it; give --by"]


def _writable(written: str) -> bool:
    return len(written) <= MOST and written.isprintable()


def _name(written: str) -> str:
    """A name without what a second spelling of the same one may differ in: width, case, spaces, punctuation."""
    plain = unicodedata.normalize("NFKC", written).casefold()
    return "".join(it for it in plain if it.isalnum() and it not in _UNSEEN)
