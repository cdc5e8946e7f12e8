"""Which key ID numbers are under: everybody who writes them holds that key in place until the transaction ends.

Without it a program that still has the old key could write under it while the change of keys ends, and the number would be lost.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa

from feature_store.id_cipher import IdKey
from scoring.errors import LushiError

_LOCK = 0x4C555348_49444B45
"""Advisory lock key: 'LUSHIDKE' in ASCII."""
_SHARED = sa.text("SELECT pg_advisory_xact_lock_shared(:key)")
_ALONE = sa.text("SELECT pg_advisory_xact_lock(:key)")
# Statements of their own: their snapshots must be taken after the lock is held.
_IN_USE = sa.text("SELECT key_id, complete_at IS NOT NULL AS complete FROM id_keys ORDER BY seq DESC LIMIT 1")
_TAKE = sa.text("INSERT INTO id_keys (key_id, recorded_at, complete_at) VALUES (:key_id, :now, :complete_at)")
_COMPLETE = sa.text("UPDATE id_keys SET complete_at = :now WHERE seq = (SELECT max(seq) FROM id_keys)")


class WrongIdKey(LushiError):
    """The key at hand is not the one that ID numbers are under."""

    def __init__(self, at_hand: str, in_use: str) -> None:
        super().__init__(
            f"the key of ID numbers at hand is {at_hand}, but the numbers are under {in_use}: restore that key (LUSHI_ID_KEY, or "
            f"id.key in LUSHI_DATA), or change keys with `lushi id rotate`"
        )


def hold(connection: sa.Connection, id_key: IdKey) -> None:
    """Make sure that the key is the one in use, and keep it so until the transaction ends.

    Raises:
        WrongIdKey: where the key in use is another.
    """
    still(connection)
    found = in_use(connection)
    if found is not None and found[0] != id_key.key_id:
        raise WrongIdKey(id_key.key_id, found[0])


def in_use(connection: sa.Connection) -> tuple[str, bool] | None:
    """The id of the key in use, and whether no number is left under another; None before the first number."""
    row = connection.execute(_IN_USE).one_or_none()
    return None if row is None else (row.key_id, row.complete)


def begin_with(connection: sa.Connection, id_key: IdKey, *, now: datetime) -> None:
    """Record the first key; where there is one already nothing changes. The caller commits."""
    if in_use(connection) is None:
        connection.execute(_TAKE, {"key_id": id_key.key_id, "now": now, "complete_at": now})


def still(connection: sa.Connection) -> None:
    """No number is moved to another key until the transaction ends."""
    connection.execute(_SHARED, {"key": _LOCK})


def alone(connection: sa.Connection) -> None:
    """Nobody else writes numbers until the transaction ends; taken before the lock of recording times, as an import does."""
    connection.execute(_ALONE, {"key": _LOCK})


def change_to(connection: sa.Connection, id_key: IdKey, now: Callable[[], datetime]) -> None:
    """From the commit on nobody writes under the key of before; waits for those who do."""
    alone(connection)
    found = in_use(connection)
    if found is None or found[0] != id_key.key_id:
        connection.execute(_TAKE, {"key_id": id_key.key_id, "now": now(), "complete_at": None})


def complete(connection: sa.Connection, *, now: datetime) -> None:
    """Record that nothing is left under another key; the caller commits."""
    connection.execute(_COMPLETE, {"now": now})
