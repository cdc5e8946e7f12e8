"""The files that were stored, as lists for people: each source's newest, and all of them a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

_COLUMNS = "batch_no, source, file_name, observed_on, recorded_at, coverage, n_rows, n_refused"
_NEWEST = sa.text(f"""
    SELECT DISTINCT ON (source) {_COLUMNS} FROM batches WHERE recorded_at <= :known_at
    ORDER BY source, observed_on DESC, recorded_at DESC""")
_PAGE = sa.text(f"""
    SELECT {_COLUMNS} FROM batches WHERE recorded_at <= :known_at AND (:before = 0 OR batch_no < :before)
    ORDER BY batch_no DESC LIMIT :most""")


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that was stored. n_rows: rows kept; n_refused: faulty rows left out."""

    batch_no: int
    source: str
    file_name: str
    observed_on: date
    recorded_at: datetime
    coverage: str
    n_rows: int
    n_refused: int


def newest_of_each(connection: sa.Connection, *, known_at: datetime) -> dict[str, StoredFile]:
    """Source to the file of it that is about the newest day."""
    rows = connection.execute(_NEWEST, {"known_at": known_at})
    return {row.source: StoredFile(*row) for row in rows}


def page(connection: sa.Connection, *, known_at: datetime, before: int, most: int) -> list[StoredFile]:
    """Files by number, newest first. before: the number that the page before ended with; 0 begins."""
    rows = connection.execute(_PAGE, {"known_at": known_at, "before": before, "most": most})
    return [StoredFile(*row) for row in rows]
