"""Keys of API clients: shown once, kept only as an HMAC, checked for typing errors before anything is looked up.

A key reads ``lushi_<id>_<secret><checksum>``. The id finds the row; the secret has 160 random bits; the checksum tells a key that
was cut off or mistyped from one that is wrong, without asking the database.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import zlib
from dataclasses import dataclass

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: nothing that reads like something else."""
_ID_CHARACTERS, _SECRET_CHARACTERS, _CHECK_CHARACTERS = 10, 32, 6
_FORM = re.compile(
    rf"lushi_([{_ALPHABET}]{{{_ID_CHARACTERS}}})_([{_ALPHABET}]{{{_SECRET_CHARACTERS}}})([{_ALPHABET}]{{{_CHECK_CHARACTERS}}})"
)


@dataclass(frozen=True, slots=True)
class Key:
    """A key's two parts. Only ``key_id`` may be shown or logged."""

    key_id: str
    secret: str

    def __repr__(self) -> str:
        return f"Key({self.key_id})"

    @property
    def written(self) -> str:
        """The key as it is handed over, once."""
        return f"lushi_{self.key_id}_{self.secret}{_checksum(self.key_id, self.secret)}"

    def mac(self, pepper: bytes) -> bytes:
        """What is kept instead of the secret: HMAC-SHA256 under the service's own key."""
        return hmac.new(pepper, f"{self.key_id}_{self.secret}".encode(), hashlib.sha256).digest()


def new_key() -> Key:
    """A fresh random key."""
    return Key(_random(_ID_CHARACTERS), _random(_SECRET_CHARACTERS))


def read_key(written: str) -> Key | None:
    """The key that was sent; None where it is not a whole key."""
    found = _FORM.fullmatch(written)
    if found is None or found[3] != _checksum(found[1], found[2]):
        return None
    return Key(found[1], found[2])


def _random(characters: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(characters))


def _checksum(key_id: str, secret: str) -> str:
    number = zlib.crc32(f"{key_id}_{secret}".encode())
    return "".join(_ALPHABET[number >> 5 * place & 31] for place in range(_CHECK_CHARACTERS))
