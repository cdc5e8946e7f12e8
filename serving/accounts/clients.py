"""API clients: made, their keys issued, rotated and revoked, each change an entry of the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from feature_store.adapters import accounts, clients
from feature_store.adapters.clients import KeyRow
from feature_store.adapters.log_tables import Connection
from scoring.canonical import canonical
from scoring.errors import LushiError
from serving.access.keys import Key, new_key
from serving.access.names import WRITTEN, is_name
from serving.access.roles import OF_PEOPLE, Role
from serving.ledger import log
from serving.wiring import Parts

MOST_LIVE_KEYS = 2
"""So that a bank can change to a new key before the old one ends."""
MOST_DAYS = 3650


class ClientRefused(LushiError):
    """A change of clients that is not allowed; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A fresh key, to be shown once, and when it ends."""

    client_id: str
    key: Key
    expires_at: datetime


def add_client(parts: Parts, client_id: str, *, tenant: str, role: Role, days: int, by: str) -> Issued:
    """Make a client with its first key.

    Raises:
        ClientRefused: for names that are not written right or taken, a role of people, or nobody's name.
        StoreUnavailable: where the database is away.
    """
    for name, what in ((client_id, "client"), (tenant, "tenant")):
        if not is_name(name):
            raise ClientRefused(f"a {what} is named with {WRITTEN}")
    if role in OF_PEOPLE:
        raise ClientRefused(f"{role.value} is a person's role; give the person an account with `lushi user add`")
    said = _by(by) | {"client_id": client_id, "tenant": tenant, "role": role.value}
    with parts.store.moment(parts.clock.now) as moment:
        connection, now = moment.connection, moment.known_at
        if not clients.add_client(connection, client_id=client_id, tenant=tenant, role=role.value, now=now):
            raise ClientRefused(f"there is a client {client_id} already; see `lushi client list`")
        issued = _issue(parts, connection, client_id, days=days, now=now, said=said, kind="client_added")
        # Only now, while nobody else can append to the log: whoever takes the name meanwhile is seen here.
        if accounts.is_person(connection, client_id):
            raise ClientRefused(f"there is a person {client_id}; a client needs a name of its own")
        return issued


def rotate_key(parts: Parts, client_id: str, *, days: int, grace_days: int, by: str) -> Issued:
    """Issue a second key; the one before counts for ``grace_days`` more.

    Raises:
        ClientRefused: for a client that is not there or revoked, or that has two live keys already.
        StoreUnavailable: where the database is away.
    """
    said = _by(by) | {"client_id": client_id, "grace_days": grace_days}
    with parts.store.moment(parts.clock.now) as moment:
        connection, now = moment.connection, moment.known_at
        live = _live(connection, client_id, now)
        if len(live) >= MOST_LIVE_KEYS:
            raise ClientRefused(f"{client_id} has {len(live)} live keys; revoke one of them first")
        ends = now + timedelta(days=grace_days)
        for row in live:
            clients.revoke(connection, client_id=client_id, key_id=row.key_id, effective_at=ends, now=now)
        return _issue(parts, connection, client_id, days=days, now=now, said=said, kind="client_key_rotated")


def revoke(parts: Parts, client_id: str, *, key_id: str | None, by: str, why: str) -> None:
    """End a key, or every key of a client, at once.

    Raises:
        ClientRefused: where there is no such client or key, or no cause is given.
        StoreUnavailable: where the database is away.
    """
    if not why.strip():
        raise ClientRefused("a revocation needs a cause; give --why")
    said = _by(by) | {"client_id": client_id, "key_id": key_id, "why": why.strip()}
    with parts.store.moment(parts.clock.now) as moment:
        connection, now = moment.connection, moment.known_at
        rows = _rows(connection, client_id)
        if key_id is not None and key_id not in {row.key_id for row in rows}:
            raise ClientRefused(f"{client_id} has no such key; see `lushi client list`")
        clients.revoke(connection, client_id=client_id, key_id=key_id, effective_at=now, now=now)
        log.append(connection, kind="client_revoked", recorded_at=now, content=canonical(said))


def list_clients(parts: Parts) -> Sequence[KeyRow]:
    """Every client with its keys; raises :class:`StoreUnavailable`."""
    with parts.store.looking(parts.clock.now()) as moment:
        return clients.every(moment.connection)


def clients_page(parts: Parts, *, after: str, most: int) -> tuple[list[tuple[str, list[KeyRow]]], bool]:
    """Clients after a name ('' from the first on), each with its keys, and whether others follow.

    Raises:
        StoreUnavailable: where the database is away.
    """
    with parts.store.looking(parts.clock.now()) as moment:
        rows = clients.page(moment.connection, after=after, most=most + 1)
    found = [(name, list(keys)) for name, keys in groupby(rows, key=lambda it: it.client_id)]
    return found[:most], len(found) > most


def _issue(
    parts: Parts,
    connection: Connection,
    client_id: str,
    *,
    days: int,
    now: datetime,
    said: dict[str, object],
    kind: str,
) -> Issued:
    if not 1 <= days <= MOST_DAYS:
        raise ClientRefused(f"a key lasts 1 to {MOST_DAYS} days")
    key, ends = new_key(), now + timedelta(days=days)
    clients.add_key(
        connection, client_id=client_id, key_id=key.key_id, mac=key.mac(parts.access_key), now=now, expires_at=ends
    )
    content = canonical(said | {"key_id": key.key_id, "expires_at": ends.isoformat()})
    log.append(connection, kind=kind, recorded_at=now, content=content)
    return Issued(client_id, key, ends)


def _rows(connection: Connection, client_id: str) -> list[KeyRow]:
    rows = clients.of_client(connection, client_id)
    if not rows:
        raise ClientRefused("there is no such client; see `lushi client list`")
    return rows


def _live(connection: Connection, client_id: str, now: datetime) -> list[KeyRow]:
    rows = _rows(connection, client_id)
    if rows[0].ended:
        raise ClientRefused(f"{client_id} was revoked; make another client")
    return [row for row in rows if row.key_id is not None and row.ends_at is not None and row.ends_at > now]


def _by(by: str) -> dict[str, object]:
    if not by.strip() or not by.isprintable() or len(by) > 200:
        raise ClientRefused("it must be known who does it; give --by")
    return {"by": by.strip()}
