"""Sessions of people who signed in: opened, found again at each call, ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from feature_store.adapters.people_tables import sessions

_FIND = sa.text("""
    SELECT s.csrf_mac, s.used_at, p.person_id, p.role, p.tenant, p.area_code
    FROM sessions s JOIN people p USING (person_id)
    WHERE s.mac = :mac AND s.ended_at IS NULL AND s.expires_at > :now AND s.used_at > :used_after
      AND s.password_seq = (SELECT max(w.seq) FROM person_passwords w WHERE w.person_id = s.person_id)
      AND NOT EXISTS (SELECT FROM person_endings e WHERE e.person_id = s.person_id)""")
_USE = sa.text("UPDATE sessions SET used_at = :now WHERE mac = :mac AND used_at < :now")
_END = sa.text("UPDATE sessions SET ended_at = :now WHERE mac = :mac AND ended_at IS NULL")
_FORGET = sa.text("DELETE FROM sessions WHERE person_id = :person_id AND (expires_at <= :now OR ended_at IS NOT NULL)")


@dataclass(frozen=True, slots=True)
class Open:
    """A session that counts, and the person behind it."""

    csrf_mac: bytes
    used_at: datetime
    person_id: str
    role: str
    tenant: str
    area_code: str


def open_session(
    connection: sa.Connection,
    *,
    mac: bytes,
    person_id: str,
    password_seq: int,
    csrf_mac: bytes,
    now: datetime,
    expires_at: datetime,
) -> None:
    """Keep a new session, and forget the person's sessions that are over; the caller commits."""
    connection.execute(_FORGET, {"person_id": person_id, "now": now})
    row = {
        "mac": mac,
        "person_id": person_id,
        "password_seq": password_seq,
        "csrf_mac": csrf_mac,
        "created_at": now,
        "used_at": now,
        "expires_at": expires_at,
    }
    connection.execute(sessions.insert(), row)


def find(connection: sa.Connection, mac: bytes, *, now: datetime, idle: timedelta) -> Open | None:
    """The session, where it counts: not ended, expired or idle for too long, its person and password still the same."""
    row = connection.execute(_FIND, {"mac": mac, "now": now, "used_after": now - idle}).one_or_none()
    if row is None:
        return None
    return Open(bytes(row.csrf_mac), row.used_at, row.person_id, row.role, row.tenant, row.area_code)


def use(connection: sa.Connection, mac: bytes, now: datetime) -> None:
    """Note that a session was used; the caller commits."""
    connection.execute(_USE, {"mac": mac, "now": now})


def end(connection: sa.Connection, mac: bytes, now: datetime) -> bool:
    """End a session; False where none was open. The caller commits."""
    return connection.execute(_END, {"mac": mac, "now": now}).rowcount > 0
