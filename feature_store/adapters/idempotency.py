"""Keys of repeated calls: which decision a tenant's key already led to. Appended in the decision's transaction."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from feature_store.adapters.service_tables import idempotency_keys

_TRY = sa.text("SELECT pg_try_advisory_xact_lock(hashtextextended(:tenant || ' ' || :key, 0))")


@dataclass(frozen=True, slots=True)
class Led:
    """What a key was used for, and the decision that it led to."""

    request_sha256: bytes
    decision_id: UUID


def claim(connection: sa.Connection, tenant: str, key: str) -> bool:
    """Hold a key until the transaction ends; False where another transaction holds it."""
    return bool(connection.execute(_TRY, {"tenant": tenant, "key": key}).scalar_one())


def led_to(connection: sa.Connection, tenant: str, key: str) -> Led | None:
    """What a key led to; None for a fresh one."""
    table = idempotency_keys.c
    query = sa.select(table.request_sha256, table.decision_id).where(table.tenant == tenant, table.key == key)
    row = connection.execute(query).one_or_none()
    return None if row is None else Led(bytes(row.request_sha256), row.decision_id)


def keep(connection: sa.Connection, *, tenant: str, key: str, request_sha256: bytes, decision_id: UUID) -> None:
    """Record what a claimed key led to; it stands once the transaction commits."""
    row = {"tenant": tenant, "key": key, "request_sha256": request_sha256, "decision_id": decision_id}
    connection.execute(idempotency_keys.insert(), row)
