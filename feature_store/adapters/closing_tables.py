"""Open decisions: a household held while one is made, whether one is open at another tenant, and closings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from feature_store.adapters.fact_tables import WHEN, metadata
from feature_store.adapters.together import Asked

closings = sa.Table(
    "closings",
    metadata,
    sa.Column("decision_id", postgresql.UUID, sa.ForeignKey("decisions.decision_id"), primary_key=True),
    sa.Column("cause", sa.Text, nullable=False),
    sa.Column("recorded_at", WHEN, nullable=False),
    sa.Column("by", sa.Text, nullable=False, comment="the client that said so"),
    sa.CheckConstraint(
        "cause in ('disbursed', 'declined_by_household', 'withdrawn_by_bank', 'superseded')", name="closings_cause"
    ),
)

SPACE = 0x4C55484F
"""Advisory locks of two numbers: 'LUHO' in ASCII, and the household's. They cannot meet the locks of one number."""
# Without its bank's consent a household is not held: nobody learns from waiting that others decide on it.
_CONSENTED = """
    FROM unnest(CAST(:households AS text[]), CAST(:tenants AS text[]), CAST(:references AS text[]))
         WITH ORDINALITY AS a (household_id, tenant, reference, place)
    JOIN households h USING (household_id)
    JOIN consents c ON c.household_no = h.household_no AND c.tenant = a.tenant AND c.reference = a.reference"""
HOLD_CONSENTED = Asked(f"SELECT a.place, pg_advisory_xact_lock(CAST(:space AS integer), h.household_no) {_CONSENTED}")
TRY_CONSENTED = Asked(
    f"SELECT a.place, pg_try_advisory_xact_lock(CAST(:space AS integer), h.household_no) AS held {_CONSENTED}"
)
"""The same without waiting: held is false where another transaction holds the household."""
# Of each tenant the newest decision counts, by its place in the log: clocks of several machines may disagree.
ELSEWHERE = Asked("""
    SELECT a.place
    FROM unnest(CAST(:households AS text[]), CAST(:tenants AS text[])) WITH ORDINALITY AS a (household_id, tenant, place)
    JOIN households h USING (household_id)
    WHERE EXISTS (
        SELECT FROM (
            SELECT DISTINCT ON (d.tenant) d.decision_id, d.offered_until
            FROM decisions d WHERE d.household_no = h.household_no AND d.tenant <> a.tenant
            ORDER BY d.tenant, d.entry_no DESC) newest
        WHERE newest.offered_until > :now
          AND NOT EXISTS (SELECT FROM closings c WHERE c.decision_id = newest.decision_id))""")
"""Places of the calls whose household has an open decision at another tenant."""
_SEVERAL = sa.text("""
    SELECT household_no, array_agg(decision_id ORDER BY entry_no) AS decision_ids FROM (
        SELECT DISTINCT ON (household_no, tenant) household_no, tenant, decision_id, entry_no, offered_until
        FROM decisions WHERE tenant IS NOT NULL ORDER BY household_no, tenant, entry_no DESC) newest
    WHERE offered_until > :now
      AND NOT EXISTS (SELECT FROM closings c WHERE c.decision_id = newest.decision_id)
    GROUP BY household_no HAVING count(*) > 1 ORDER BY household_no""")
_CLOSE = sa.text("""
    INSERT INTO closings (decision_id, cause, recorded_at, "by") VALUES (:decision_id, :cause, :recorded_at, :by)
    ON CONFLICT DO NOTHING RETURNING true""")
_OFFERED = sa.text("SELECT offered FROM decisions WHERE decision_id = :decision_id")


@dataclass(frozen=True, slots=True)
class Closing:
    """How a decision was closed. by: the client that said so."""

    cause: str
    recorded_at: datetime
    by: str


def open_at_several(connection: sa.Connection, *, now: datetime) -> list[tuple[int, list[UUID]]]:
    """Households that have an open decision at more than one tenant, with these decisions: none, or something is wrong."""
    return [(row.household_no, list(row.decision_ids)) for row in connection.execute(_SEVERAL, {"now": now})]


def offered(connection: sa.Connection, decision_id: UUID) -> bool:
    """Whether a decision that is there offered terms."""
    return bool(connection.execute(_OFFERED, {"decision_id": decision_id}).scalar_one())


def close(connection: sa.Connection, decision_id: UUID, *, cause: str, recorded_at: datetime, by: str) -> bool:
    """Close a decision; False where it is closed already."""
    row = {"decision_id": decision_id, "cause": cause, "recorded_at": recorded_at, "by": by}
    return connection.execute(_CLOSE, row).scalar_one_or_none() is not None


def closing_of(connection: sa.Connection, decision_id: UUID) -> Closing | None:
    """How a decision was closed; None where it was not."""
    query = sa.select(closings.c.cause, closings.c.recorded_at, closings.c.by)
    row = connection.execute(query.where(closings.c.decision_id == decision_id)).one_or_none()
    return None if row is None else Closing(*row)
