"""Alarms of the watch as they were raised and cleared, and the reports that told of them: only ever appended to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import sqlalchemy as sa

from feature_store.adapters.alarm_tables import alarm_reports, alarms

Level = Literal["amber", "red"]
_STANDING = sa.text("""
    SELECT a.entry_no, a.alarm_id, a.figure, a.about, a.level, a.since, a.suspends, a.report_sha256, a.recorded_at
    FROM (SELECT DISTINCT ON (alarm_id) * FROM alarms ORDER BY alarm_id, entry_no DESC) a
    WHERE a.kind = 'alarm_raised' ORDER BY a.level DESC, a.entry_no""")
_TAKEN = sa.text("SELECT EXISTS (SELECT FROM alarm_reports WHERE report_sha256 = :sha256)")
_NEWEST_DAY = sa.text("SELECT max(on_date) FROM alarm_reports")
_NEWEST = sa.text("SELECT on_date, report_sha256, alarms FROM alarm_reports ORDER BY seq DESC LIMIT 1")


@dataclass(frozen=True, slots=True)
class Standing:
    """An alarm that stands. entry_no, recorded_at, report_sha256: of when it was raised or last changed.

    about: what the figure is about, words to ids and numbers. since: the period in which it began.
    """

    entry_no: int
    alarm_id: str
    figure: str
    about: Mapping[str, Any]
    level: Level
    since: str
    suspends: bool
    report_sha256: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Report:
    """The report that was taken in last. alarms: as it told them, each with its alarm_id and lines."""

    on: date
    sha256: str
    alarms: Sequence[Mapping[str, Any]]


def standing(connection: sa.Connection) -> list[Standing]:
    """The alarms that stand, red ones first, then as they were raised."""
    return [Standing(*row) for row in connection.execute(_STANDING)]


def is_taken(connection: sa.Connection, sha256: str) -> bool:
    """Whether a report was taken in before."""
    return bool(connection.execute(_TAKEN, {"sha256": sha256}).scalar_one())


def newest_day(connection: sa.Connection) -> date | None:
    """The latest day of all reports taken in; None before the first."""
    found: date | None = connection.execute(_NEWEST_DAY).scalar_one()
    return found


def newest_report(connection: sa.Connection) -> Report | None:
    """The report that was taken in last; None before the first."""
    row = connection.execute(_NEWEST).one_or_none()
    return None if row is None else Report(*row)


def take(connection: sa.Connection, *, sha256: str, on: date, told: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Take a report in; the caller holds the recording lock and commits at once."""
    row = {"report_sha256": sha256, "on_date": on, "alarms": list(told), "recorded_at": now}
    connection.execute(alarm_reports.insert(), row)


def record(connection: sa.Connection, row: Mapping[str, Any]) -> None:
    """Append that an alarm was raised or cleared: its columns by name."""
    connection.execute(alarms.insert(), dict(row))
