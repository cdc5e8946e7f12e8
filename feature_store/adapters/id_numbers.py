"""ID numbers in the store: kept sealed, found by keyed indexes, opened for one household at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from feature_store.adapters import binary_copy as binary
from feature_store.adapters import id_keys
from feature_store.households import SealedNumber
from feature_store.id_cipher import COUNTY, NO_KEY_ID, REGISTRATION, IdKey, Sealed
from feature_store.known import IdIndex

_COUNTY = sa.text("""
    SELECT i.key_id, i.mac, h.household_id, n.key_id AS sealed_under
    FROM id_index i JOIN households h USING (household_no) LEFT JOIN id_numbers n USING (household_no)
    WHERE i.tenant = :tenant AND i.purpose = :purpose""")
# A number of a later day stands, however late an earlier day's is imported.
_LATER = sa.text("""
    SELECT DISTINCT household_no FROM registrations
    WHERE id_stated AND observed_on > :day AND household_no = ANY(:numbers)""")
_OTHERS = sa.text("""
    SELECT DISTINCT i.household_no, h.household_id, i.tenant, i.purpose
    FROM id_index i JOIN households h USING (household_no)
    WHERE i.household_no = ANY(:numbers) AND (i.tenant, i.purpose) <> (:tenant, :purpose)""")
_DROP = tuple(
    sa.text(f"DELETE FROM {table} WHERE household_no = ANY(:numbers)") for table in ("id_index", "id_numbers")
)
_SEALED = sa.text("""
    SELECT h.household_no, h.household_id, n.key_id, n.nonce, n.ciphertext
    FROM id_numbers n JOIN households h USING (household_no)
    WHERE h.household_id = ANY(:ids) ORDER BY h.household_no""")
_FIND = sa.text("""
    SELECT h.household_id FROM id_index i JOIN households h USING (household_no)
    WHERE i.tenant = :tenant AND i.purpose = :purpose AND (i.key_id, i.mac) IN (
        SELECT * FROM unnest(CAST(:key_ids AS text[]), CAST(:macs AS bytea[])))
    ORDER BY h.household_no LIMIT 1""")
_ADD = sa.text("""
    INSERT INTO id_index VALUES (:tenant, :purpose, :key_id, :mac, :household_no) ON CONFLICT DO NOTHING""")


class IndexRow(NamedTuple):
    """A row of an index."""

    tenant: str
    purpose: str
    key_id: str
    mac: bytes
    household_no: int


def county_index(connection: sa.Connection) -> IdIndex:
    """What the county's index holds."""
    owners: dict[tuple[str, bytes], str] = {}
    sealed_under: dict[str, str] = {}
    for row in connection.execute(_COUNTY, {"tenant": COUNTY, "purpose": REGISTRATION}):
        owners[row.key_id, bytes(row.mac)] = row.household_id
        if row.sealed_under is not None:
            sealed_under[row.household_id] = row.sealed_under
    return IdIndex(owners, sealed_under)


def keep(
    connection: sa.Connection,
    household_no: NDArray[np.int32],
    numbers: Sequence[SealedNumber | None],
    *,
    household_ids: Sequence[str],
    batch_no: int,
    observed_on: date,
    id_key: IdKey,
) -> None:
    """Store the numbers that a batch states anew, and put them in place of the former ones in every index.

    household_no: int32 (n_rows,). A household that was registered with a number for a later day keeps that one.
    """
    given = [(int(no), ids, it) for no, ids, it in zip(household_no, household_ids, numbers, strict=True) if it]
    if not given:
        return
    asked = {"day": observed_on, "numbers": [no for no, _, _ in given]}
    later = set(connection.execute(_LATER, asked).scalars())
    fresh = {no: (ids, it) for no, ids, it in given if no not in later}
    others = {"numbers": list(fresh), "tenant": COUNTY, "purpose": REGISTRATION}
    index = [IndexRow(COUNTY, REGISTRATION, id_key.key_id, it.fingerprint, no) for no, (_, it) in fresh.items()]
    for row in connection.execute(_OTHERS, others).all():
        number = id_key.unseal(fresh[row.household_no][1].sealed, row.household_id)
        index.append(row_of(id_key, number, row.household_no, tenant=row.tenant, purpose=row.purpose))
    for statement in _DROP:
        connection.execute(statement, {"numbers": list(fresh)})
    _write_numbers(connection, [(no, it.sealed) for no, (_, it) in fresh.items()], batch_no)
    write_index(connection, index)


def write_index(connection: sa.Connection, rows: Sequence[IndexRow]) -> None:
    """Append rows to the indexes; none of them may be there."""
    columns: Sequence[binary.Column] = [
        binary.texts([row.tenant for row in rows]),
        binary.texts([row.purpose for row in rows]),
        binary.texts([row.key_id for row in rows]),
        binary.blobs([row.mac for row in rows]),
        binary.integers(np.array([row.household_no for row in rows], np.int32), ">i4"),
    ]
    binary.copy_in(connection, "id_index (tenant, purpose, key_id, mac, household_no)", columns)


def find(connection: sa.Connection, number: str, *, tenant: str, purpose: str, id_key: IdKey) -> str | None:
    """The household that a tenant's index finds for a number, under the key in use or the one before; None where it finds none."""
    asked = [(key.key_id, key.fingerprint(number, tenant=tenant, purpose=purpose)) for key in id_key.both]
    if (tenant, purpose) == (COUNTY, REGISTRATION):
        asked += [(NO_KEY_ID, key.fingerprint_of_before(number)) for key in id_key.both]
    # All at once, so that a number that is just being moved is seen before or after, not neither.
    key_ids, macs = zip(*asked, strict=True)
    values = {"tenant": tenant, "purpose": purpose, "key_ids": list(key_ids), "macs": list(macs)}
    found: str | None = connection.execute(_FIND, values).scalar_one_or_none()
    return found


def index_for(connection: sa.Connection, household_id: str, *, tenant: str, purpose: str, id_key: IdKey) -> bool:
    """Let a tenant find a household by its number from now on; False where no number is kept. The caller commits.

    Raises:
        WrongIdKey: where the key in use is another.
        IdNumberUnreadable: where the number was changed behind the store.
    """
    id_keys.hold(connection, id_key)
    row = connection.execute(_SEALED, {"ids": [household_id]}).one_or_none()
    if row is None:
        return False
    number = id_key.unseal(Sealed(row.key_id, bytes(row.nonce), bytes(row.ciphertext)), household_id)
    connection.execute(_ADD, row_of(id_key, number, row.household_no, tenant=tenant, purpose=purpose)._asdict())
    return True


def opened(connection: sa.Connection, household_ids: Sequence[str], *, id_key: IdKey) -> dict[str, str]:
    """The numbers of these households; one of which none is kept is left out.

    Raises:
        IdNumberUnreadable: where a number was changed behind the store, or its key is not at hand.
    """
    return {
        row.household_id: id_key.unseal(Sealed(row.key_id, bytes(row.nonce), bytes(row.ciphertext)), row.household_id)
        for row in connection.execute(_SEALED, {"ids": list(household_ids)})
    }


def erase(connection: sa.Connection, household_no: int) -> int:
    """Remove a household's number and its rows of every index; how many rows were removed. The caller commits."""
    still(connection)
    return sum(connection.execute(it, {"numbers": [household_no]}).rowcount for it in _DROP)


def row_of(id_key: IdKey, number: str, household_no: int, *, tenant: str, purpose: str) -> IndexRow:
    """The row by which a tenant's index finds a household."""
    mac = id_key.fingerprint(number, tenant=tenant, purpose=purpose)
    return IndexRow(tenant, purpose, id_key.key_id, mac, household_no)


def still(connection: sa.Connection) -> None:
    """No number is moved to another key until the transaction ends; taken before the lock of recording times."""
    id_keys.still(connection)


def _write_numbers(connection: sa.Connection, rows: Sequence[tuple[int, Sealed]], batch_no: int) -> None:
    columns: Sequence[binary.Column] = [
        binary.integers(np.array([no for no, _ in rows], np.int32), ">i4"),
        binary.integers(np.full(len(rows), batch_no), ">i4"),
        binary.texts([it.key_id for _, it in rows]),
        binary.blobs([it.nonce for _, it in rows]),
        binary.blobs([it.ciphertext for _, it in rows]),
    ]
    binary.copy_in(connection, "id_numbers (household_no, batch_no, key_id, nonce, ciphertext)", columns)
