"""A checkpoint: what the log signs, in the form of a C2SP signed note (text, empty line, Ed25519 signature).

Whoever keeps one can later show, without our code, whether the log was rewritten (``verify/check.py``).
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_ED25519 = b"\x01"


@dataclass(frozen=True, slots=True)
class Signer:
    """The log's name and its key. The name may hold neither space nor plus sign."""

    name: str
    key: Ed25519PrivateKey

    @property
    def public(self) -> str:
        """The key that checks, as name+id+base64; it goes to banks on another way than the answers."""
        return f"{self.name}+{self._id.hex()}+{base64.b64encode(self._public).decode()}"

    @property
    def _public(self) -> bytes:
        return _ED25519 + self.key.public_key().public_bytes_raw()

    @property
    def _id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + self._public).digest()[:4]

    def sign(self, size: int, root: bytes) -> str:
        """The checkpoint of a log with ``size`` entries under ``root``."""
        body = f"{self.name}\n{size}\n{base64.b64encode(root).decode()}\n"
        signature = base64.b64encode(self._id + self.key.sign(body.encode())).decode()
        return f"{body}\n\u2014 {self.name} {signature}\n"


def size_of(note: str) -> int:
    """The number of entries that a checkpoint covers."""
    return int(note.split("\n")[1])
