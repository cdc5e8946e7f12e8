"""Reports that were given to the people they are about: counted by household and calendar year."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from feature_store.adapters.rights_tables import reports

# Two reports at once must not get one number; whoever only refers to the household is not held up.
_ALONE = sa.text("SELECT household_no FROM households WHERE household_no = :household_no FOR NO KEY UPDATE")
_NEXT = sa.text("SELECT coalesce(max(number), 0) + 1 FROM reports WHERE household_no = :household_no AND year = :year")


def add(
    connection: sa.Connection, *, report_id: UUID, household_no: int, year: int, by: str, recorded_at: datetime
) -> int:
    """Record a report; its number among the household's of that year, from 1. The caller commits."""
    connection.execute(_ALONE, {"household_no": household_no})
    number = int(connection.execute(_NEXT, {"household_no": household_no, "year": year}).scalar_one())
    row = {"report_id": report_id, "household_no": household_no, "year": year, "number": number}
    connection.execute(reports.insert(), row | {"by": by, "recorded_at": recorded_at})
    return number
