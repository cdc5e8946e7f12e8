"""One way to write a value as bytes, so that the same content always has the same hash.

Keys sorted, no white space, UTF-8. Numbers are whole or text: a float is refused, because its
written form would depend on who wrote it.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

_PLAIN = frozenset({str, int, bool, type(None)})


def canonical(value: Any) -> bytes:
    """The canonical JSON of a value made of dict, list, tuple, str, int, bool and None.

    Raises:
        TypeError: where the value holds anything else, a float included.
    """
    _refuse_floats(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def sha256(content: bytes) -> str:
    """The SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def _refuse_floats(value: Any) -> None:
    waiting: list[Any] = [(value,)]
    for it in waiting:  # grows while it is walked
        members = it.values() if isinstance(it, dict) else it
        if _PLAIN.issuperset(map(type, members)):
            continue
        for member in members:
            if isinstance(member, float):
                raise TypeError("a float has no canonical form here; write it as text or a whole number")
            if isinstance(member, dict | list | tuple):
                waiting.append(member)
