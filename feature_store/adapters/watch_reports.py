"""Reports of the watch: one a day of the calendar, only ever appended to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import BYTEA, insert

from feature_store.adapters.fact_tables import WHEN, metadata

watch_reports = sa.Table(
    "watch_reports",
    metadata,
    sa.Column("on_date", sa.Date, primary_key=True),
    sa.Column("period", sa.Text, nullable=False, comment="the quarter looked at, as 2020Q3"),
    sa.Column("known_at", WHEN, nullable=False),
    sa.Column("content", BYTEA, nullable=False, comment="canonical JSON"),
    sa.Column("sha256", sa.Text, nullable=False, comment="of the content"),
    sa.Column("recorded_at", WHEN, nullable=False),
)


@dataclass(frozen=True, slots=True)
class WatchReport:
    """A stored report. on: the day of the watch; period: the quarter; content: canonical JSON."""

    on: date
    period: str
    known_at: datetime
    content: bytes
    sha256: str
    recorded_at: datetime


def find(connection: sa.Connection, on: date) -> WatchReport | None:
    """The report of a day; None where there is none."""
    row = connection.execute(sa.select(watch_reports).where(watch_reports.c.on_date == on)).one_or_none()
    return None if row is None else _report(row)


def every(connection: sa.Connection) -> list[WatchReport]:
    """Every report, oldest day first."""
    return [_report(row) for row in connection.execute(sa.select(watch_reports).order_by(watch_reports.c.on_date))]


def newest(connection: sa.Connection, *, most: int, before: date | None = None) -> list[WatchReport]:
    """The newest reports, newest day first. before: only those of earlier days."""
    query = sa.select(watch_reports).order_by(watch_reports.c.on_date.desc()).limit(most)
    if before is not None:
        query = query.where(watch_reports.c.on_date < before)
    return [_report(row) for row in connection.execute(query)]


def add(connection: sa.Connection, report: WatchReport) -> bool:
    """Append a report; False where the day has one already, which stays."""
    row = {
        "on_date": report.on,
        "period": report.period,
        "known_at": report.known_at,
        "content": report.content,
        "sha256": report.sha256,
        "recorded_at": report.recorded_at,
    }
    added = connection.execute(insert(watch_reports).on_conflict_do_nothing().returning(watch_reports.c.on_date), row)
    return added.scalar_one_or_none() is not None


def _report(row: Any) -> WatchReport:
    return WatchReport(row.on_date, row.period, row.known_at, bytes(row.content), row.sha256, row.recorded_at)
