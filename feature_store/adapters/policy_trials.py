"""Trials of draft policies as they were made: appended once, never changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import BYTEA

from feature_store.adapters.fact_tables import WHEN, metadata

policy_trials = sa.Table(
    "policy_trials",
    metadata,
    sa.Column("entry_no", sa.BigInteger, sa.ForeignKey("log_entries.index"), primary_key=True, autoincrement=False),
    sa.Column("folder", sa.Text, nullable=False),
    sa.Column("draft_sha256", sa.Text, nullable=False),
    sa.Column("on_date", sa.Date, nullable=False),
    sa.Column("content", BYTEA, nullable=False, comment="canonical JSON"),
    sa.Column("sha256", sa.Text, nullable=False, comment="of the content"),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("recorded_at", WHEN, nullable=False),
    sa.Index("policy_trials_folder", "folder", sa.text("entry_no DESC")),
)
_HEAD = [it for it in policy_trials.c if it.name != "content"]


@dataclass(frozen=True, slots=True)
class TrialHead:
    """A kept trial without its content. number: its entry of the log. sha256: of the content. on: the day of assessment."""

    number: int
    folder: str
    draft_sha256: str
    on: date
    sha256: str
    by: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class KeptTrial:
    """A kept trial with its content, canonical JSON."""

    head: TrialHead
    content: bytes


def record(connection: sa.Connection, kept: KeptTrial) -> None:
    """Append a trial; the caller holds the recording lock and commits at once."""
    it = kept.head
    row = {
        "entry_no": it.number,
        "folder": it.folder,
        "draft_sha256": it.draft_sha256,
        "on_date": it.on,
        "content": kept.content,
        "sha256": it.sha256,
        "by": it.by,
        "recorded_at": it.recorded_at,
    }
    connection.execute(policy_trials.insert(), row)


def find(connection: sa.Connection, number: int) -> KeptTrial | None:
    """A trial by its entry; None where there is none."""
    row = connection.execute(sa.select(policy_trials).where(policy_trials.c.entry_no == number)).one_or_none()
    return None if row is None else KeptTrial(_head(row), bytes(row.content))


def newest(connection: sa.Connection, *, most: int, folder: str = "") -> list[TrialHead]:
    """The newest trials, newest first; of one folder where one is named."""
    query = sa.select(*_HEAD).order_by(policy_trials.c.entry_no.desc()).limit(most)
    if folder:
        query = query.where(policy_trials.c.folder == folder)
    return [_head(row) for row in connection.execute(query)]


def _head(row: Any) -> TrialHead:
    return TrialHead(row.entry_no, row.folder, row.draft_sha256, row.on_date, row.sha256, row.by, row.recorded_at)
