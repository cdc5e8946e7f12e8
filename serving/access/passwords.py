"""Passwords of people: what one must be like, and how it is kept and checked: argon2id, few at once.

Checking a password costs memory and time on purpose. So that nobody can exhaust the machine with it, only some are checked at
once and only some more wait; whoever comes then is asked to come again.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from scoring.errors import LushiError

LEAST, MOST = 12, 200
"""Shortest and longest password, in characters."""
AT_ONCE = 2
"""Passwords checked at once by one process; each takes 64 MiB with the library's parameters (RFC 9106, low memory)."""
WAITING = 8
"""Most that wait for their turn meanwhile; they hold threads that other calls need too."""
_NOBODYS = "nobody's password, checked where a name does not exist"


class Busy(LushiError):
    """Too many passwords are being checked already."""


class Passwords:
    """Keeps and checks passwords. hasher: argon2's parameters; the library's own, which tests alone make cheaper."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._turn = BoundedSemaphore(AT_ONCE)
        self._lock, self._asking = Lock(), 0
        self._nobodys = ""

    def hash(self, password: str) -> str:
        """What is kept of a password: argon2id with a fresh salt, encoded."""
        return self._hasher.hash(_normal(password))

    @contextmanager
    def turn(self) -> Iterator[Callable[[str | None, str], bool]]:
        """One of the few turns to check a password; gives what checks it: (what is kept, the password) to whether they match.

        ``None``, kept for a name that nobody has, is never matched and takes as long.

        Raises:
            Busy: where too many wait for their turn already.
        """
        with self._lock:
            if self._asking >= AT_ONCE + WAITING:
                raise Busy("too many people sign in at this moment; try again shortly")
            self._asking += 1
        try:
            with self._turn:
                yield self._matches
        finally:
            with self._lock:
                self._asking -= 1

    def _matches(self, kept: str | None, password: str) -> bool:
        if not self._nobodys:
            self._nobodys = self._hasher.hash(_NOBODYS)
        try:
            self._hasher.verify(self._nobodys if kept is None else kept, _normal(password))
        except (VerificationError, InvalidHashError):
            return False
        return kept is not None


def wrong_with(password: str, name: str) -> list[str]:
    """Everything that a new password of a person lacks, in words; nothing of it is repeated."""
    plain = _normal(password)
    found = []
    if len(plain) < LEAST:
        found.append(f"the password has fewer than {LEAST} characters")
    if len(plain) > MOST:
        found.append(f"the password has more than {MOST} characters")
    if plain.casefold() == _normal(name).casefold():
        found.append("the password is the name")
    if plain and not plain.isprintable():
        found.append("the password holds characters that cannot be printed")
    return found


def _normal(password: str) -> str:
    """The same password however a keyboard composes its characters (RFC 8265, NFC)."""
    return unicodedata.normalize("NFC", password)
