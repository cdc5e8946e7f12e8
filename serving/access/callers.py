"""Who calls: a client behind its key or a person behind a session, looked up anew for every call: what ends, ends at once."""

from __future__ import annotations

import hmac
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from feature_store.adapters import clients, sessions
from feature_store.adapters.clients import Held, Presented
from feature_store.adapters.log_tables import Connection
from scoring.errors import LushiError
from serving.access.keys import Key, read_key
from serving.access.roles import EVERY_TENANT, MAY, OF_PEOPLE, OF_PROGRAMS, WITHIN_AREA, Act, Role
from serving.access.sessions import IDLE, NOTED_AFTER, csrf_mac, session_mac


class Forbidden(LushiError):
    """The caller's role does not allow what it asked for."""


class NotSignedIn(LushiError):
    """What was sent proves nobody: no live key, no open session, no right password. Never says which."""


class CsrfFailed(LushiError):
    """A call with a session's cookie does not show that it comes from the session's own pages."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, authenticated: a program or a person, the tenant whose decisions it sees, its role and its area.

    client_id: of the program, or the person's name. area: code of a village, township or county, for the roles that see only
    their own area.
    """

    client_id: str
    tenant: str
    role: Role
    area: str = ""

    def may(self, act: Act) -> bool:
        """Whether the caller's role allows it."""
        return act in MAY[self.role]

    def sees(self, tenant: str | None) -> bool:
        """Whether what that tenant asked may be shown to this caller."""
        return self.sees_every_tenant or tenant == self.tenant

    def covers(self, village_code: str) -> bool:
        """Whether a household of that village lies where this caller may look."""
        return self.role not in WITHIN_AREA or (self.area != "" and village_code.startswith(self.area))

    @property
    def sees_every_tenant(self) -> bool:
        """Whether the role reads across tenants."""
        return self.role in EVERY_TENANT


def counted_callers_of(
    connection: Connection, written: Sequence[str], *, pepper: bytes, now: datetime, rate: float, burst: float
) -> list[tuple[Caller | None, bool]]:
    """For each call the caller behind its written key, None for whatever is not a live key; and whether it may call as often as it does.

    Calls with one key are counted together; where so many are not left, one by one. rate, burst: calls a second, and at once.
    The caller of this function commits.
    """
    keys = [read_key(it) for it in written]
    times = Counter(key for key in keys if key is not None)
    asked = [Presented(key.key_id, key.mac(pepper), calls) for key, calls in times.items()]
    found: dict[Key, list[Held | None]] = {}
    if asked:
        held = clients.find_and_count(connection, asked, now=now, rate=rate, burst=burst)
        for key, one, presented in zip(times, held, asked, strict=True):
            alone = one is not None and one.live and not one.may_call and presented.calls > 1
            each = [Presented(presented.key_id, presented.mac)] * presented.calls
            found[key] = (
                clients.find_and_count(connection, each, now=now, rate=rate, burst=burst)
                if alone
                else [one] * presented.calls
            )
    return [(None, False) if key is None else _caller_of(found[key].pop(0), key.mac(pepper)) for key in keys]


def _caller_of(held: Held | None, mac: bytes) -> tuple[Caller | None, bool]:
    # An id that does not exist takes the same way, so that its absence cannot be timed.
    same = hmac.compare_digest(held.mac if held else bytes(32), mac)
    if held is None or not same or not held.live or held.role not in set(Role) - OF_PEOPLE:
        return None, False
    return Caller(held.client_id, held.tenant, Role(held.role)), held.may_call


@dataclass(frozen=True, slots=True)
class Session:
    """An open session: who called, and what its calls must bring to change anything."""

    caller: Caller
    csrf_mac: bytes

    def owns(self, csrf_token: str, pepper: bytes) -> bool:
        """Whether that is the session's token against forged calls; takes as long either way."""
        return hmac.compare_digest(self.csrf_mac, csrf_mac(csrf_token, pepper))


def session_of(connection: Connection, token: str, *, pepper: bytes, now: datetime) -> Session | None:
    """The open session behind a cookie's token, noted as used; None for whatever is not one. The caller commits."""
    mac = session_mac(token, pepper)
    if mac is None:
        return None
    found = sessions.find(connection, mac, now=now, idle=IDLE)
    if found is None or found.role not in set(Role) - OF_PROGRAMS:
        return None
    if now - found.used_at >= NOTED_AFTER:
        sessions.use(connection, mac, now)
    return Session(Caller(found.person_id, found.tenant, Role(found.role), found.area_code), found.csrf_mac)
