"""Overrides of decisions by two people of a bank: proposed, then confirmed; only ever appended to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from feature_store.adapters.rights_tables import override_confirmations, overrides
from feature_store.adapters.together import Asked, Rows

_SELECT = """
    SELECT o.override_id, o.decision_id, o.outcome, o.limit_cny, o.why, o.by, o.expires_on, o.recorded_at, d.tenant,
           c.second, c.recorded_at AS confirmed_at
    FROM overrides o JOIN decisions d USING (decision_id) LEFT JOIN override_confirmations c USING (override_id)"""
_FIND = sa.text(f"{_SELECT} WHERE o.override_id = :id")
_OF_DECISION = sa.text(f"{_SELECT} WHERE o.decision_id = :id ORDER BY o.recorded_at, o.override_id")
_OF_HOUSEHOLD = sa.text(f"{_SELECT} WHERE d.household_no = :household_no ORDER BY o.recorded_at, o.override_id")
OF_HOUSEHOLD = Asked(f"""{_SELECT} JOIN households h ON h.household_no = d.household_no
    WHERE h.household_id = :household_id ORDER BY o.recorded_at, o.override_id""")


@dataclass(frozen=True, slots=True)
class Override:
    """A person's change of what a decision leads to, beside it. It counts from its confirmation through expires_on.

    tenant: the bank whose decision it is. outcome: lend or decline. second, confirmed_at: None until another person confirmed.
    """

    override_id: UUID
    decision_id: UUID
    tenant: str | None
    outcome: str
    limit_cny: Decimal | None
    why: str
    by: str
    expires_on: date
    recorded_at: datetime
    second: str | None = None
    confirmed_at: datetime | None = None


def find(connection: sa.Connection, override_id: UUID) -> Override | None:
    """An override; None where there is none."""
    row = connection.execute(_FIND, {"id": override_id}).one_or_none()
    return None if row is None else _override(row)


def of_decision(connection: sa.Connection, decision_id: UUID) -> list[Override]:
    """A decision's overrides, oldest first."""
    return [_override(row) for row in connection.execute(_OF_DECISION, {"id": decision_id})]


def of_household(connection: sa.Connection, household_no: int) -> list[Override]:
    """The overrides of all of a household's decisions, oldest first."""
    return [_override(row) for row in connection.execute(_OF_HOUSEHOLD, {"household_no": household_no})]


def told(rows: Rows) -> list[Override]:
    """The same, of the rows of :data:`OF_HOUSEHOLD`, which names it by its id."""
    return [Override(**row._asdict()) for row in rows]


def add(connection: sa.Connection, override: Override) -> None:
    """Record a proposed override; the caller commits."""
    row = {name: getattr(override, name) for name in overrides.c.keys()}  # noqa: SIM118 - no dict
    connection.execute(overrides.insert(), row)


def confirm(connection: sa.Connection, override_id: UUID, *, second: str, now: datetime) -> bool:
    """Record a confirmation; False where there is one. The caller commits."""
    row = {"override_id": override_id, "second": second, "recorded_at": now}
    table = override_confirmations
    added = insert(table).values(row).on_conflict_do_nothing().returning(table.c.override_id)
    return connection.execute(added).scalar_one_or_none() is not None


def _override(row: Any) -> Override:
    return Override(**row._mapping)
