"""When the challenger's opinion was suspended and resumed, by whom or by which rule: only ever appended to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from feature_store.adapters.alarm_tables import suspensions
from scoring.suspension import Cause

LAST = "SELECT entry_no, kind, reason, recorded_at FROM suspensions ORDER BY entry_no DESC LIMIT 1"
"""The newest move; the opinion is suspended where its kind is 'opinion_suspended'."""
_STANDING = sa.text(f"SELECT * FROM ({LAST}) last WHERE kind = 'opinion_suspended'")
_KNOWN = sa.text(f"""
    SELECT * FROM ({LAST.replace("FROM suspensions", "FROM suspensions WHERE recorded_at <= :known_at")}) last
    WHERE kind = 'opinion_suspended'""")


@dataclass(frozen=True, slots=True)
class Suspension:
    """A suspension that stands. entry_no: its entry of the log. reason: why there is one; recorded_at: since when."""

    entry_no: int
    reason: Cause
    recorded_at: datetime


def standing(connection: sa.Connection) -> Suspension | None:
    """The suspension that stands; None where opinions are given."""
    return _suspension(connection.execute(_STANDING).one_or_none())


def known(connection: sa.Connection, known_at: datetime) -> Suspension | None:
    """The suspension that stood at a time."""
    return _suspension(connection.execute(_KNOWN, {"known_at": known_at}).one_or_none())


def record(connection: sa.Connection, row: Mapping[str, Any]) -> None:
    """Append a move: its columns by name. The caller holds the recording lock and commits at once.

    Raises:
        sqlalchemy.exc.IntegrityError: where one person stands for both, no cause is given, or what it ends was ended.
    """
    connection.execute(suspensions.insert(), dict(row))


def _suspension(row: Any) -> Suspension | None:
    return None if row is None else Suspension(row.entry_no, row.reason, row.recorded_at)
