"""Every ID number from one key to the next, some at a time: sealed anew, and its rows of every index made anew.

Rows name the key that they are under, so a change that was interrupted goes on where it stopped. While some households are moved
nobody else writes numbers; whoever searches looks under both keys.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from feature_store.adapters import id_keys, recording
from feature_store.adapters.id_numbers import IndexRow, row_of, write_index
from feature_store.id_cipher import NO_KEY_ID, IdKey, IdNumberUnreadable, Sealed

AT_ONCE = 2_000
"""Households moved in one transaction."""
_LEFT = """
    SELECT household_no FROM id_numbers WHERE key_id <> :key_id
    UNION SELECT household_no FROM id_index WHERE key_id NOT IN (:key_id, '')"""
_COUNT_LEFT = sa.text(f"SELECT count(*) FROM ({_LEFT}) it")
_NEXT = sa.text(f"""
    SELECT household_no, h.household_id, n.key_id, n.nonce, n.ciphertext
    FROM (SELECT household_no FROM ({_LEFT}) it WHERE household_no > :after ORDER BY household_no LIMIT :most) next
    JOIN households h USING (household_no) LEFT JOIN id_numbers n USING (household_no) ORDER BY household_no""")
_RESEAL = sa.text("""
    UPDATE id_numbers n SET key_id = :key_id, nonce = it.nonce, ciphertext = it.ciphertext
    FROM unnest(CAST(:numbers AS integer[]), CAST(:nonces AS bytea[]), CAST(:ciphertexts AS bytea[])) AS it (no, nonce, ciphertext)
    WHERE n.household_no = it.no""")
_UNINDEX = sa.text("""
    WITH gone AS (DELETE FROM id_index WHERE household_no = ANY(:numbers) RETURNING household_no, tenant, purpose)
    SELECT DISTINCT household_no, tenant, purpose FROM gone""")
_NO_NUMBER = sa.text("SELECT count(*) FROM id_index WHERE key_id = :no_key_id")
_DROP_NO_NUMBER = sa.text("DELETE FROM id_index WHERE key_id = :no_key_id")
_COUNT = sa.text("SELECT count(*) FROM id_numbers")


@dataclass(frozen=True, slots=True)
class Moved:
    """Some households moved. last: the greatest household number among them, None where none was left; unreadable: ids of those that stay."""

    count: int
    last: int | None
    unreadable: tuple[str, ...]


def change_key(connection: sa.Connection, id_key: IdKey, now: Callable[[], datetime]) -> None:
    """From the commit on numbers are written under the new key only."""
    id_keys.change_to(connection, id_key, lambda: recording.fix_known_at(connection, now))


def left(connection: sa.Connection, id_key: IdKey) -> int:
    """Households of which something stands under another key."""
    return int(connection.execute(_COUNT_LEFT, {"key_id": id_key.key_id}).scalar_one())


def move_some(connection: sa.Connection, id_key: IdKey, *, after: int) -> Moved:
    """Move the next households beyond a household number; the caller commits."""
    id_keys.alone(connection)
    asked = {"key_id": id_key.key_id, "after": after, "most": AT_ONCE}
    numbers: dict[int, str] = {}
    sealed: list[tuple[int, Sealed]] = []
    unreadable: list[str] = []
    rows = connection.execute(_NEXT, asked).all()
    for row in rows:
        try:
            if row.key_id is None:
                raise IdNumberUnreadable("a fingerprint without its number")
            was = Sealed(row.key_id, bytes(row.nonce), bytes(row.ciphertext))
            numbers[row.household_no] = id_key.unseal(was, row.household_id)
        except IdNumberUnreadable:
            unreadable.append(row.household_id)
        else:
            sealed.append((row.household_no, id_key.seal(numbers[row.household_no], row.household_id)))
    if sealed:
        values = {
            "key_id": id_key.key_id,
            "numbers": [no for no, _ in sealed],
            "nonces": [it.nonce for _, it in sealed],
            "ciphertexts": [it.ciphertext for _, it in sealed],
        }
        connection.execute(_RESEAL, values)
        index: list[IndexRow] = [
            row_of(id_key, numbers[row.household_no], row.household_no, tenant=row.tenant, purpose=row.purpose)
            for row in connection.execute(_UNINDEX, {"numbers": list(numbers)}).all()
        ]
        write_index(connection, index)
    return Moved(len(sealed), rows[-1].household_no if rows else None, tuple(unreadable))


def fingerprints_without_number(connection: sa.Connection) -> int:
    """Fingerprints of before keys had ids: no key can be changed under them, since their numbers were not kept."""
    return int(connection.execute(_NO_NUMBER, {"no_key_id": NO_KEY_ID}).scalar_one())


def drop_fingerprints_without_number(connection: sa.Connection) -> int:
    """Forget them: these households' numbers are not recognised again until they are registered again. The caller commits."""
    id_keys.alone(connection)
    return connection.execute(_DROP_NO_NUMBER, {"no_key_id": NO_KEY_ID}).rowcount


def how_many(connection: sa.Connection) -> int:
    """Numbers that are kept."""
    return int(connection.execute(_COUNT).scalar_one())


def compact(engine: sa.Engine) -> None:
    """Write both tables anew, so that rows that were replaced or removed no longer stand in their files."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("VACUUM (FULL, ANALYZE) id_numbers, id_index"))
