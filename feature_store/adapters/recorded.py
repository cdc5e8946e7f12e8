"""Decisions as they stand recorded, for checks on live data: ids and the bytes that were committed to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

_FROM = """
    SELECT d.entry_no AS at, d.decision_id, d.household_no, d.tenant, d.recorded_at, e.body, c.salt, c.content
    FROM decisions d JOIN log_entries e ON e.index = d.entry_no LEFT JOIN log_contents c ON c.index = d.entry_no"""
_FROM_ON = sa.text(f"{_FROM} WHERE d.entry_no >= :start ORDER BY d.entry_no LIMIT :most")
_COUNT = sa.text("SELECT count(*) FROM decisions WHERE entry_no >= :start")
_LEAVES = sa.text("SELECT coalesce(max(position) + 1, 0) FROM log_nodes WHERE level = 0")
_NEWEST = sa.text("""
    SELECT e.index AS at, e.kind, e.body, n.hash AS leaf, c.salt, c.content, d.entry_no IS NOT NULL AS decided
    FROM log_entries e LEFT JOIN log_nodes n ON n.level = 0 AND n.position = e.index
    LEFT JOIN log_contents c USING (index) LEFT JOIN decisions d ON d.entry_no = e.index
    ORDER BY e.index DESC LIMIT :most""")


@dataclass(frozen=True, slots=True)
class Row:
    """A decision. at: its index in the log. content and salt: None once erased."""

    at: int
    decision_id: UUID
    household_no: int
    tenant: str | None
    recorded_at: datetime
    body: bytes
    salt: bytes | None
    content: bytes | None


@dataclass(frozen=True, slots=True)
class Newest:
    """An entry at the log's end. leaf: the hash that is kept of it, None where none is. decided: a decision stands on it."""

    at: int
    kind: str
    body: bytes
    leaf: bytes | None
    salt: bytes | None
    content: bytes | None
    decided: bool


def count(connection: sa.Connection, *, start: int) -> int:
    """How many decisions stand at ``start`` or after it in the log."""
    return int(connection.execute(_COUNT, {"start": start}).scalar_one())


def decisions(connection: sa.Connection, *, start: int, most: int) -> list[Row]:
    """Decisions in the log's order from an index on, at most so many."""
    return [Row(*row) for row in connection.execute(_FROM_ON, {"start": start, "most": most})]


def newest(connection: sa.Connection, most: int) -> list[Newest]:
    """The last entries of the log, the newest first."""
    return [Newest(*row) for row in connection.execute(_NEWEST, {"most": most})]


def leaves(connection: sa.Connection) -> int:
    """How many entries the tree has a leaf of."""
    return int(connection.execute(_LEAVES).scalar_one())
