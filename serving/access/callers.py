"""Who calls: the client behind a key, looked up anew for every call, so that a revoked key ends at once."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime

from feature_store.adapters import clients
from feature_store.adapters.log_tables import Connection
from scoring.errors import LushiError
from serving.access.keys import read_key
from serving.access.roles import EVERY_TENANT, MAY, Act, Role


class Forbidden(LushiError):
    """The caller's role does not allow what it asked for."""


@dataclass(frozen=True, slots=True)
class Caller:
    """An authenticated client: its id, the tenant whose decisions it sees, and its role."""

    client_id: str
    tenant: str
    role: Role

    def may(self, act: Act) -> bool:
        """Whether the caller's role allows it."""
        return act in MAY[self.role]

    def sees(self, tenant: str | None) -> bool:
        """Whether what that tenant asked may be shown to this caller."""
        return self.sees_every_tenant or tenant == self.tenant

    @property
    def sees_every_tenant(self) -> bool:
        """Whether the role reads across tenants."""
        return self.role in EVERY_TENANT


def caller_of(connection: Connection, written: str, *, pepper: bytes, now: datetime) -> Caller | None:
    """The caller behind a written key; None for whatever is not a live key."""
    key = read_key(written)
    if key is None:
        return None
    held = clients.find(connection, key.key_id, now)
    # An id that does not exist takes the same way, so that its absence cannot be timed.
    same = hmac.compare_digest(held.mac if held else bytes(32), key.mac(pepper))
    if held is None or not same or not held.live or held.role not in set(Role):
        return None
    return Caller(held.client_id, held.tenant, Role(held.role))
