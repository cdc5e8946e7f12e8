"""People's accounts as they stand: role, newest password, ending."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from feature_store.adapters.fact_tables import areas
from feature_store.adapters.people_tables import people, person_endings, person_passwords
from feature_store.adapters.service_tables import clients

_LIST = sa.text("""
    SELECT p.person_id, p.role, p.tenant, p.area_code, p.recorded_at, e.recorded_at AS ended_at,
           (SELECT max(w.recorded_at) FROM person_passwords w WHERE w.person_id = p.person_id) AS password_at
    FROM people p LEFT JOIN person_endings e USING (person_id)
    WHERE p.person_id > :after ORDER BY p.person_id LIMIT :most""")
_PASSWORD = sa.text("""
    SELECT w.seq, w.hash, p.role FROM person_passwords w JOIN people p USING (person_id)
    WHERE w.person_id = :person_id AND NOT EXISTS (SELECT FROM person_endings e WHERE e.person_id = w.person_id)
    ORDER BY w.seq DESC LIMIT 1""")


@dataclass(frozen=True, slots=True)
class Account:
    """A person's account as it is listed. area_code: '' for who has none. ended_at: None while it counts."""

    person_id: str
    role: str
    tenant: str
    area_code: str
    recorded_at: datetime
    password_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Password:
    """What is kept of a person's newest password, with the person's role."""

    seq: int
    hash: str
    role: str

    def __repr__(self) -> str:
        return f"Password({self.seq})"


def every(connection: sa.Connection) -> Sequence[Account]:
    """Every account, by name."""
    return page(connection, after="", most=None)


def page(connection: sa.Connection, *, after: str, most: int | None) -> list[Account]:
    """Accounts by name. after: a name, exclusive; '' from the first on. most: None for all that follow."""
    return [
        Account(
            person_id=row.person_id,
            role=row.role,
            tenant=row.tenant,
            area_code=row.area_code,
            recorded_at=row.recorded_at,
            password_at=row.password_at,
            ended_at=row.ended_at,
        )
        for row in connection.execute(_LIST, {"after": after, "most": most})
    ]


def newest_password(connection: sa.Connection, person_id: str) -> Password | None:
    """The password that counts; None for a name that nobody has, or whose account has ended."""
    row = connection.execute(_PASSWORD, {"person_id": person_id}).one_or_none()
    return None if row is None else Password(row.seq, row.hash, row.role)


def add(connection: sa.Connection, *, person_id: str, role: str, tenant: str, area_code: str, now: datetime) -> bool:
    """Record a person; False where one of that name is there. The caller commits."""
    row = {"person_id": person_id, "role": role, "tenant": tenant, "area_code": area_code, "recorded_at": now}
    added = insert(people).values(row).on_conflict_do_nothing().returning(people.c.person_id)
    return connection.execute(added).scalar_one_or_none() is not None


def add_password(connection: sa.Connection, *, person_id: str, hash: str, now: datetime) -> None:
    """Record a person's new password; sessions opened with one before count no more. The caller commits."""
    connection.execute(person_passwords.insert(), {"person_id": person_id, "hash": hash, "recorded_at": now})


def end(connection: sa.Connection, *, person_id: str, why: str, now: datetime) -> bool:
    """Record that an account counts no more, nor its sessions; False where it ended already. The caller commits."""
    row = {"person_id": person_id, "why": why, "recorded_at": now}
    ended = insert(person_endings).values(row).on_conflict_do_nothing().returning(person_endings.c.person_id)
    return connection.execute(ended).scalar_one_or_none() is not None


def is_client(connection: sa.Connection, name: str) -> bool:
    """Whether a program has that name."""
    return bool(connection.execute(sa.select(sa.exists().where(clients.c.client_id == name))).scalar_one())


def is_person(connection: sa.Connection, name: str) -> bool:
    """Whether a person has, or had, that name."""
    return bool(connection.execute(sa.select(sa.exists().where(people.c.person_id == name))).scalar_one())


def kind_of_area(connection: sa.Connection, code: str) -> str | None:
    """'county', 'township' or 'village'; None for a code that is in no imported file of areas."""
    found: str | None = connection.execute(sa.select(areas.c.kind).where(areas.c.code == code)).scalar_one_or_none()
    return found
