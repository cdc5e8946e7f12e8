"""Which model version two people promoted, and when: only ever appended to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from feature_store.adapters.recording import take_recorded_at
from feature_store.adapters.suspensions import LAST, Suspension
from feature_store.adapters.together import Asked, Rows, together

Kind = Literal["promotion", "rollback"]
_COLUMNS = 'kind, version, sha256, "from", "by", second, why, recorded_at, about_sha256'
_LAST = f"SELECT {_COLUMNS} FROM promotions ORDER BY seq DESC LIMIT 1".replace('"from"', '"from" AS replaces')
# In one statement with the suspension, which a decision would else ask for apart.
STANDING = Asked(
    "SELECT p.*, s.entry_no AS suspended_entry, s.reason AS suspended_reason, s.recorded_at AS suspended_at"
    f" FROM ({_LAST}) p LEFT JOIN ({LAST}) s ON s.kind = 'opinion_suspended'"
)
_HISTORY = sa.text(f"SELECT {_COLUMNS} FROM promotions ORDER BY seq")
_RECORD = sa.text(f"""
    INSERT INTO promotions ({_COLUMNS})
    VALUES (:kind, :version, :sha256, :replaces, :by, :second, :why, :recorded_at, :about_sha256)""")


@dataclass(frozen=True, slots=True)
class Promotion:
    """One move of the challenger. sha256: of the model's file; replaces: the version before, if any.

    about_sha256: of the model's description; '' for a move of before that was bound.
    """

    kind: Kind
    version: str
    sha256: str
    replaces: str | None
    by: str
    second: str
    why: str
    recorded_at: datetime
    about_sha256: str = ""


def standing(connection: sa.Connection) -> Promotion | None:
    """The move that stands; None before the first."""
    (rows,) = together(connection, (STANDING, {}))
    return told(rows)


def told(rows: Rows) -> Promotion | None:
    """The move in the rows of :data:`STANDING`; None before the first."""
    return _promotion(rows[0][: len(Promotion.__slots__)]) if rows else None


def suspended(rows: Rows) -> Suspension | None:
    """The suspension in the rows of :data:`STANDING`; None where opinions are given, and before the first promotion."""
    if not rows or rows[0].suspended_entry is None:
        return None
    return Suspension(rows[0].suspended_entry, rows[0].suspended_reason, rows[0].suspended_at)


def history(connection: sa.Connection) -> list[Promotion]:
    """Every move, oldest first."""
    return [_promotion(row) for row in connection.execute(_HISTORY)]


def lock_and_history(connection: sa.Connection, now: Callable[[], datetime]) -> tuple[datetime, list[Promotion]]:
    """A recording time and every move so far; nobody else can record until the caller commits."""
    recorded_at = take_recorded_at(connection, now)
    return recorded_at, history(connection)


def record(connection: sa.Connection, promotion: Promotion) -> None:
    """Append a move; the caller commits at once.

    Raises:
        sqlalchemy.exc.IntegrityError: where one person stands for both, or no cause is given.
    """
    connection.execute(_RECORD, {name: getattr(promotion, name) for name in promotion.__slots__})


def _promotion(row: Any) -> Promotion:
    return Promotion(*row)
