"""Keys of repeated calls: which decision a tenant's key already led to. Appended in the decision's transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from feature_store.adapters.together import Asked, Sent, together

Key = tuple[str, str]
"""(tenant, key)"""
_ASKED = "unnest(CAST(:tenants AS text[]), CAST(:keys AS text[])) AS a (tenant, key)"
_TRY = Asked(
    f"SELECT tenant, key, pg_try_advisory_xact_lock(hashtextextended(tenant || ' ' || key, 0)) AS free FROM {_ASKED}"
)
_LED = Asked(
    f"SELECT k.tenant, k.key, k.request_sha256, k.decision_id FROM {_ASKED} JOIN idempotency_keys k USING (tenant, key)"
)
_KEEP = Asked("""
    INSERT INTO idempotency_keys (tenant, key, request_sha256, decision_id)
    SELECT * FROM unnest(
        CAST(:tenants AS text[]), CAST(:keys AS text[]), CAST(:hashes AS bytea[]), CAST(:decisions AS uuid[]))""")


@dataclass(frozen=True, slots=True)
class Led:
    """What a key was used for, and the decision that it led to."""

    request_sha256: bytes
    decision_id: UUID


def claim(connection: sa.Connection, tenant: str, key: str) -> bool:
    """Hold a key until the transaction ends; False where another transaction holds it."""
    return (tenant, key) in claim_each(connection, [(tenant, key)])


def claim_each(connection: sa.Connection, keys: Sequence[Key]) -> Mapping[Key, Led | None]:
    """Hold different keys until the transaction ends: what each led to, None for a fresh one; without those held elsewhere."""
    values = {"tenants": [tenant for tenant, _ in keys], "keys": [key for _, key in keys]}
    # Two statements: the second's snapshot must be taken after the keys are held.
    tried, led = together(connection, (_TRY, values), (_LED, values))
    found: dict[Key, Led | None] = {(row.tenant, row.key): None for row in tried if row.free}
    for row in led:
        if (row.tenant, row.key) in found:
            found[row.tenant, row.key] = Led(bytes(row.request_sha256), row.decision_id)
    return found


def keeping(led: Mapping[Key, Led]) -> Sent:
    """The statement that records what claimed keys led to; it stands once the transaction commits."""
    return _KEEP, {
        "tenants": [tenant for tenant, _ in led],
        "keys": [key for _, key in led],
        "hashes": [one.request_sha256 for one in led.values()],
        "decisions": [one.decision_id for one in led.values()],
    }
