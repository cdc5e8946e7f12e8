"""When each source last filed: the newest day that its statements are about, as known at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

_NEWEST = sa.text("""
    SELECT source, max(observed_on) FILTER (WHERE recorded_at <= :known_at) AS newest,
           min(recorded_at) FILTER (WHERE recorded_at > :known_at AND observed_on BETWEEN :begin AND :end) AS came_late
    FROM batches GROUP BY source""")


@dataclass(frozen=True, slots=True)
class Reported:
    """newest: the newest day that a source's files are about; None where none was known.

    came_late: when the first file about the period came after the knowledge time; None where none did.
    """

    newest: date | None
    came_late: datetime | None


def reported(connection: sa.Connection, *, known_at: datetime, begin: date, end: date) -> dict[str, Reported]:
    """Every source that ever filed, with what was known at a time and what came later about a period."""
    rows = connection.execute(_NEWEST, {"known_at": known_at, "begin": begin, "end": end})
    return {row.source: Reported(row.newest, row.came_late) for row in rows}
