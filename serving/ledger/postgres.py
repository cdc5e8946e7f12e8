"""The ledger's table: entries numbered without gaps, in the transaction of their decision."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from feature_store.adapters.store import Moment
from feature_store.adapters.tables import decisions, households
from serving.ledger.entries import Entry

_LOCK = 0x4C555348_4C454447
"""Advisory lock key: 'LUSHLEDG' in ASCII. Held until the transaction ends, so numbers have no gaps."""
_ALONE = sa.text("SELECT pg_advisory_xact_lock(:key)")
_NEXT = sa.select(sa.func.coalesce(sa.func.max(decisions.c.entry_no) + 1, 0))
_HOUSEHOLD = sa.select(households.c.household_no).where(households.c.household_id == sa.bindparam("household_id"))


def append(
    moment: Moment, *, decision_id: UUID, household_id: str, recorded_at: datetime, content: bytes, sha256: str
) -> Entry:
    """Append an entry inside the moment's transaction; it stands once that commits."""
    connection = moment.connection
    connection.execute(_ALONE, {"key": _LOCK})
    entry_no: int = connection.execute(_NEXT).scalar_one()
    row = {
        "entry_no": entry_no,
        "decision_id": decision_id,
        "household_no": connection.execute(_HOUSEHOLD, {"household_id": household_id}).scalar_one(),
        "recorded_at": recorded_at,
        "entry": content,
        "sha256": bytes.fromhex(sha256),
    }
    connection.execute(decisions.insert(), row)
    return Entry(entry_no, decision_id, content, sha256)


def find(moment: Moment, decision_id: UUID) -> Entry | None:
    """The entry of a decision; None where there is none."""
    row = moment.connection.execute(sa.select(decisions).where(decisions.c.decision_id == decision_id)).one_or_none()
    return Entry(row.entry_no, row.decision_id, bytes(row.entry), bytes(row.sha256).hex()) if row else None


def latest(moment: Moment, household_id: str) -> Entry | None:
    """The household's newest decision; None where there is none."""
    row = moment.connection.execute(
        sa.select(decisions)
        .join(households, households.c.household_no == decisions.c.household_no)
        .where(households.c.household_id == household_id)
        .order_by(decisions.c.recorded_at.desc(), decisions.c.entry_no.desc())
        .limit(1)
    ).one_or_none()
    return Entry(row.entry_no, row.decision_id, bytes(row.entry), bytes(row.sha256).hex()) if row else None


def sample(moment: Moment, most: int) -> list[UUID]:
    """Ids of decisions chosen at random, at most so many (all of them where there are fewer)."""
    query = sa.select(decisions.c.decision_id).order_by(sa.func.random()).limit(most)
    return list(moment.connection.execute(query).scalars())
