"""API clients and their keys, as they stand at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from feature_store.adapters.rates import TAKE_OF_LIVE
from feature_store.adapters.service_tables import client_keys, clients, revocations
from feature_store.adapters.together import Asked, together

_FIND = Asked(f"""
    WITH held AS (SELECT k.mac, c.client_id, c.tenant, c.role,
           k.expires_at > :now AND NOT EXISTS (
               SELECT FROM revocations r WHERE r.client_id = c.client_id AND r.effective_at <= :now
               AND (r.key_id IS NULL OR r.key_id = k.key_id)) AS live
    FROM client_keys k JOIN clients c USING (client_id) WHERE k.key_id = :key_id), taken AS ({TAKE_OF_LIVE})
    SELECT mac, client_id, tenant, role, live, EXISTS (SELECT FROM taken) AS may_call FROM held""")
_LIST = sa.text("""
    SELECT c.client_id, c.tenant, c.role, c.recorded_at, k.key_id, k.expires_at,
           (SELECT min(r.effective_at) FROM revocations r WHERE r.client_id = c.client_id
            AND (r.key_id IS NULL OR r.key_id = k.key_id)) AS revoked_at,
           EXISTS (SELECT FROM revocations r WHERE r.client_id = c.client_id AND r.key_id IS NULL) AS ended
    FROM (SELECT * FROM clients WHERE client_id > :after AND (CAST(:only AS text) IS NULL OR client_id = :only)
          ORDER BY client_id LIMIT :most) c
    LEFT JOIN client_keys k USING (client_id) ORDER BY c.client_id, k.recorded_at, k.key_id""")


@dataclass(frozen=True, slots=True)
class Held:
    """A key's row and its client. live: neither expired nor revoked. may_call: its calls were counted, within its rate."""

    mac: bytes
    client_id: str
    tenant: str
    role: str
    live: bool
    may_call: bool


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key of a client as it is listed. ends_at: expiry or revocation. ended: the client itself was revoked.

    key_id: None for a client without keys.
    """

    client_id: str
    tenant: str
    role: str
    key_id: str | None
    ends_at: datetime | None
    ended: bool


@dataclass(frozen=True, slots=True)
class Presented:
    """A key that was sent with so many calls."""

    key_id: str
    mac: bytes
    calls: int = 1


def find_and_count(
    connection: sa.Connection, presented: Sequence[Presented], *, now: datetime, rate: float, burst: float
) -> list[Held | None]:
    """Keys and their clients, None where there is none; each key's calls counted where it is live, its ``mac`` its own and so many left.

    rate, burst: as of :func:`feature_store.adapters.rates.take`. The caller commits.
    """
    shared = {"now": now, "rate": rate, "burst": burst}
    found: list[Held | None] = []
    for it in presented:  # each by itself: in one transaction two processes could wait for each other's clients
        (rows,) = together(connection, (_FIND, shared | {"key_id": it.key_id, "mac": it.mac, "calls": it.calls}))
        found.append(Held(*rows[0]) if rows else None)
    return found


def every(connection: sa.Connection) -> Sequence[KeyRow]:
    """Every client with its keys, by client and age."""
    return page(connection, after="", most=None)


def of_client(connection: sa.Connection, client_id: str) -> list[KeyRow]:
    """One client's keys by age; nothing where there is no such client."""
    return _listed(connection, after="", most=None, only=client_id)


def page(connection: sa.Connection, *, after: str, most: int | None) -> list[KeyRow]:
    """So many clients with all their keys, by client and age.

    after: a client's name, exclusive; '' from the first on. most: clients; None for all that follow.
    """
    return _listed(connection, after=after, most=most, only=None)


def _listed(connection: sa.Connection, *, after: str, most: int | None, only: str | None) -> list[KeyRow]:
    found = []
    for row in connection.execute(_LIST, {"after": after, "most": most, "only": only}):
        ends = [it for it in (row.expires_at, row.revoked_at) if it is not None]
        found.append(KeyRow(row.client_id, row.tenant, row.role, row.key_id, min(ends) if ends else None, row.ended))
    return found


def add_client(connection: sa.Connection, *, client_id: str, tenant: str, role: str, now: datetime) -> bool:
    """Record a client; False where one of that name is there. The caller commits."""
    row = {"client_id": client_id, "tenant": tenant, "role": role, "recorded_at": now}
    added = insert(clients).values(row).on_conflict_do_nothing().returning(clients.c.client_id)
    return connection.execute(added).scalar_one_or_none() is not None


def add_key(
    connection: sa.Connection, *, client_id: str, key_id: str, mac: bytes, now: datetime, expires_at: datetime
) -> None:
    """Record a key of a client; the caller commits."""
    row = {"key_id": key_id, "client_id": client_id, "mac": mac, "recorded_at": now, "expires_at": expires_at}
    connection.execute(client_keys.insert(), row)


def revoke(
    connection: sa.Connection, *, client_id: str, key_id: str | None, effective_at: datetime, now: datetime
) -> None:
    """Record that a key, or every key of a client, counts no more from a time on; the caller commits."""
    row = {"client_id": client_id, "key_id": key_id, "effective_at": effective_at, "recorded_at": now}
    connection.execute(revocations.insert(), row)
