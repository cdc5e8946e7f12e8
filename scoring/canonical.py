"""One way to write a value as bytes, so that the same content always has the same hash.

Keys sorted, no white space, UTF-8. Numbers are whole or text: a float is refused, because its
written form would depend on who wrote it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

_ENCODE = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
_PLAIN = frozenset({str, int, bool, type(None)})


def canonical(value: Any) -> bytes:
    """The canonical JSON of a value made of dict, list, tuple, str, int, bool and None.

    Raises:
        TypeError: where the value holds anything else, a float included.
    """
    _refuse_floats(value)
    return _ENCODE(value).encode()


class Written(bytes):
    """The canonical JSON of a value, written already."""


def joined(members: Mapping[str, Any]) -> Written:
    """The canonical JSON of an object, some of whose members are :class:`Written`.

    Raises:
        TypeError: as :func:`canonical`.

    >>> joined({"b": Written(b"[1]"), "a": 0, "c": {}})
    b'{"a":0,"b":[1],"c":{}}'
    """
    found: list[bytes] = []
    plain: dict[str, Any] = {}
    for name in sorted(members):
        value = members[name]
        if not isinstance(value, Written):
            plain[name] = value
            continue
        if plain:
            found.append(canonical(plain)[1:-1])
            plain = {}
        found.append(b"%s:%s" % (canonical(name), value))
    if plain:
        found.append(canonical(plain)[1:-1])
    return Written(b"{%s}" % b",".join(found))


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
