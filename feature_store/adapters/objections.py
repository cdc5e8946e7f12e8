"""Objections and their outcomes: only ever appended to. What was said stands in the contents of their log entries."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from feature_store.adapters.rights_tables import objection_outcomes, objections
from feature_store.adapters.together import Asked, Rows
from feature_store.filing import time_text

_SELECT = """
    SELECT o.objection_id, o.household_no, h.household_id, o.about, o.indicator, o.decision_id, o.filed_by, o.tenant,
           o.recorded_at, o.due_on, o.entry_no, d.outcome, d.by AS answered_by, d.recorded_at AS answered_at,
           said.content AS said, answered.content AS answered
    FROM objections o JOIN households h USING (household_no) LEFT JOIN objection_outcomes d USING (objection_id)
    LEFT JOIN log_contents said ON said.index = o.entry_no
    LEFT JOIN log_contents answered ON answered.index = d.entry_no"""
_FIND = sa.text(f"{_SELECT} WHERE o.objection_id = :objection_id")
_OF_HOUSEHOLD = sa.text(f"{_SELECT} WHERE o.household_no = :household_no ORDER BY o.entry_no DESC")
OF_HOUSEHOLD = Asked(f"{_SELECT} WHERE h.household_id = :household_id ORDER BY o.entry_no DESC")
_STANDS = "(d.outcome IS NULL OR d.outcome = 'recorded_unconfirmed')"
_MARKS = f"""
    SELECT o.objection_id, o.about, o.indicator, o.recorded_at, coalesce(d.outcome, 'open') AS state
    FROM objections o LEFT JOIN objection_outcomes d USING (objection_id) WHERE {_STANDS}"""
_DATUM_MARKS = sa.text(f"{_MARKS} AND o.household_no = :household_no AND o.about = 'datum' ORDER BY o.entry_no")
MARKS_OF = Asked(f"""
    SELECT h.household_id, o.objection_id, o.about, o.indicator, o.recorded_at, coalesce(d.outcome, 'open') AS state
    FROM households h JOIN objections o USING (household_no) LEFT JOIN objection_outcomes d USING (objection_id)
    WHERE h.household_id = ANY(CAST(:households AS text[])) AND o.about = 'datum' AND {_STANDS} ORDER BY o.entry_no""")
_DECISION_MARKS = sa.text(f"{_MARKS} AND o.decision_id = :decision_id ORDER BY o.entry_no")
_PAGE = sa.text(f"""{_SELECT}
    CROSS JOIN LATERAL (
        SELECT r.village_code FROM registrations r JOIN batches b USING (batch_no)
        WHERE r.household_no = o.household_no AND r.observed_on <= :on AND b.recorded_at <= :known_at
        ORDER BY r.observed_on DESC, b.recorded_at DESC, r.seq DESC LIMIT 1) r
    WHERE o.entry_no > :after
      AND (CAST(:household_id AS text) IS NULL OR h.household_id = :household_id)
      AND (CAST(:open AS boolean) IS NULL OR (d.objection_id IS NULL) = :open)
      AND (NOT :overdue OR (d.objection_id IS NULL AND o.due_on < :on))
      AND (CAST(:area AS text) IS NULL OR (:area <> '' AND starts_with(r.village_code, :area)))
      AND (CAST(:tenant AS text) IS NULL OR (o.tenant = :tenant AND EXISTS (
            SELECT FROM consents c WHERE c.household_no = o.household_no AND c.tenant = :tenant
            AND :on BETWEEN c.granted_on AND c.until AND NOT EXISTS (
                SELECT FROM consent_withdrawals w WHERE (w.tenant, w.reference) = (c.tenant, c.reference)))))
    ORDER BY o.entry_no LIMIT :most""")


@dataclass(frozen=True, slots=True)
class Objection:
    """An objection and, once it was decided, its outcome.

    about: datum, decision or human_review. tenant: the bank that filed it, None for the service network.
    statement, answer: what was written; None where it was erased (or not answered yet).
    """

    objection_id: UUID
    household_no: int
    household_id: str
    about: str
    indicator: str | None
    decision_id: UUID | None
    filed_by: str
    tenant: str | None
    recorded_at: datetime
    due_on: date
    entry_no: int
    outcome: str | None = None
    answered_by: str | None = None
    answered_at: datetime | None = None
    statement: str | None = None
    answer: str | None = None

    def overdue(self, today: date) -> bool:
        """Whether it should have been answered before today."""
        return self.outcome is None and today > self.due_on


@dataclass(frozen=True, slots=True)
class Seen:
    """Whose objections may be listed. area: code, None for every place; tenant: bank, None for everybody's."""

    area: str | None = None
    tenant: str | None = None


def find(connection: sa.Connection, objection_id: UUID) -> Objection | None:
    """An objection; None where there is none."""
    row = connection.execute(_FIND, {"objection_id": objection_id}).one_or_none()
    return None if row is None else _objection(row)


def of_household(connection: sa.Connection, household_no: int) -> list[Objection]:
    """A household's objections, newest first."""
    return [_objection(row) for row in connection.execute(_OF_HOUSEHOLD, {"household_no": household_no})]


def told(rows: Rows) -> list[Objection]:
    """The same, of the rows of :data:`OF_HOUSEHOLD`, which names it by its id."""
    return [_objection(row) for row in rows]


def page(
    connection: sa.Connection,
    seen: Seen,
    *,
    on: date,
    known_at: datetime,
    open_only: bool | None,
    household_id: str | None,
    after: int,
    most: int,
    overdue: bool = False,
) -> list[Objection]:
    """The next objections after a log index, oldest first; open_only: None for open and decided ones."""
    values = {
        "area": seen.area,
        "tenant": seen.tenant,
        "on": on,
        "known_at": known_at,
        "open": open_only,
        "household_id": household_id,
        "after": after,
        "most": most,
        "overdue": overdue,
    }
    return [_objection(row) for row in connection.execute(_PAGE, values)]


def datum_marks(connection: sa.Connection, household_no: int) -> list[dict[str, str]]:
    """What objections say of a household's data: indicator, objection_id, since, state (open, recorded_unconfirmed)."""
    return [_datum_mark(row) for row in connection.execute(_DATUM_MARKS, {"household_no": household_no})]


def marks_told(rows: Iterable[Any]) -> dict[str, list[dict[str, str]]]:
    """The same by household, of the rows of :data:`MARKS_OF`; nothing for a household without marks."""
    found: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        found.setdefault(row.household_id, []).append(_datum_mark(row))
    return found


def decision_marks(connection: sa.Connection, decision_id: UUID) -> list[dict[str, str | None]]:
    """What objections say of a decision: about, indicator, objection_id, since, state."""
    rows = connection.execute(_DECISION_MARKS, {"decision_id": decision_id})
    return [{"about": row.about, "indicator": row.indicator, **_mark(row)} for row in rows]


def add(connection: sa.Connection, objection: Objection) -> None:
    """Record an objection whose entry is in the log already; the caller commits."""
    row = {name: getattr(objection, name) for name in objections.c.keys()}  # noqa: SIM118 - no dict
    connection.execute(objections.insert(), row)


def settle(
    connection: sa.Connection, objection_id: UUID, *, outcome: str, by: str, now: datetime, entry_no: int
) -> bool:
    """Record an outcome; False where there is one. The caller commits, or, at False, rolls back."""
    row = {"objection_id": objection_id, "outcome": outcome, "by": by, "recorded_at": now, "entry_no": entry_no}
    added = insert(objection_outcomes).values(row).on_conflict_do_nothing().returning(objection_outcomes.c.objection_id)
    return connection.execute(added).scalar_one_or_none() is not None


def _datum_mark(row: Any) -> dict[str, str]:
    return {"indicator": row.indicator, **_mark(row)}


def _mark(row: Any) -> dict[str, str]:
    return {"objection_id": str(row.objection_id), "since": time_text(row.recorded_at), "state": row.state}


def _written(content: bytes | None, name: str) -> str | None:
    """A text of an entry's content; None where the content is gone."""
    if content is None:
        return None
    found: str = json.loads(bytes(content))[name]
    return found


def _objection(row: Any) -> Objection:
    return Objection(
        objection_id=row.objection_id,
        household_no=row.household_no,
        household_id=row.household_id,
        about=row.about,
        indicator=row.indicator,
        decision_id=row.decision_id,
        filed_by=row.filed_by,
        tenant=row.tenant,
        recorded_at=row.recorded_at,
        due_on=row.due_on,
        entry_no=row.entry_no,
        outcome=row.outcome,
        answered_by=row.answered_by,
        answered_at=row.answered_at,
        statement=_written(row.said, "statement"),
        answer=_written(row.answered, "answer"),
    )
