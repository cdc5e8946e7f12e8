"""Tables of what follows from an alarm: suspensions of the opinion, alarms and their reports, what a webhook is told."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA, JSONB

from feature_store.adapters.fact_tables import WHEN, metadata


def _entry() -> sa.Column[int]:
    entry = sa.ForeignKey("log_entries.index")
    return sa.Column("entry_no", sa.BigInteger, entry, primary_key=True, autoincrement=False)


def _empty(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default="")


suspensions = sa.Table(
    "suspensions",
    metadata,
    _entry(),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    _empty("by"),
    _empty("second"),
    _empty("why"),
    sa.Column(
        "alarm_ids",
        ARRAY(sa.Text),
        nullable=False,
        server_default="{}",
        comment="the red alarms that suspended by rule, or that stood when it was resumed",
    ),
    _empty("report_sha256"),
    sa.Column(
        "ends",
        sa.BigInteger,
        sa.ForeignKey("suspensions.entry_no"),
        comment="entry of the suspension that this ends",
    ),
    sa.Column("recorded_at", WHEN, nullable=False),
    sa.UniqueConstraint("ends", name="suspensions_ends"),
    sa.CheckConstraint(
        "(kind = 'opinion_suspended' AND ends IS NULL) OR (kind = 'opinion_resumed' AND ends IS NOT NULL)",
        name="suspensions_kind",
    ),
    sa.CheckConstraint(
        "(reason = 'two_people' AND trim(why) <> '' AND lower(trim(\"by\")) <> lower(trim(second)))"
        " OR (reason = 'red_alarm' AND kind = 'opinion_suspended' AND report_sha256 <> '' AND cardinality(alarm_ids) > 0)",
        name="suspensions_reason",
    ),
)

alarm_reports = sa.Table(
    "alarm_reports",
    metadata,
    sa.Column("seq", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("report_sha256", sa.Text, nullable=False),
    sa.Column("on_date", sa.Date, nullable=False),
    sa.Column("alarms", JSONB, nullable=False, comment="the report's alarms, with what they say"),
    sa.Column("recorded_at", WHEN, nullable=False),
    sa.UniqueConstraint("report_sha256", name="alarm_reports_once"),
)

alarms = sa.Table(
    "alarms",
    metadata,
    _entry(),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column(
        "alarm_id",
        sa.Text,
        nullable=False,
        comment="made of figure and what it is about; the newest row of an alarm counts",
    ),
    sa.Column("figure", sa.Text, nullable=False),
    sa.Column("about", JSONB, nullable=False),
    sa.Column("level", sa.Text, nullable=False),
    sa.Column("since", sa.Text, nullable=False),
    sa.Column("suspends", sa.Boolean, nullable=False),
    sa.Column("report_sha256", sa.Text, sa.ForeignKey("alarm_reports.report_sha256"), nullable=False),
    sa.Column("recorded_at", WHEN, nullable=False),
    sa.CheckConstraint("kind in ('alarm_raised', 'alarm_cleared')", name="alarms_kind"),
    sa.CheckConstraint("level in ('amber', 'red')", name="alarms_level"),
    sa.Index("alarms_alarm", "alarm_id", sa.text("entry_no DESC")),
)

webhook_messages = sa.Table(
    "webhook_messages",
    metadata,
    sa.Column("message_id", sa.Text, primary_key=True),
    sa.Column("entry_no", sa.BigInteger, sa.ForeignKey("log_entries.index"), nullable=False),
    sa.Column("body", BYTEA, nullable=False, comment="the bytes that every attempt sends"),
    sa.Column("recorded_at", WHEN, nullable=False),
    sa.UniqueConstraint("entry_no", name="webhook_messages_entry"),
)

webhook_attempts = sa.Table(
    "webhook_attempts",
    metadata,
    sa.Column("seq", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("message_id", sa.Text, sa.ForeignKey("webhook_messages.message_id"), nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    _empty("cause"),
    sa.Column("tried_at", WHEN, nullable=False),
    sa.Column("next_at", WHEN, comment="not tried again before"),
    sa.CheckConstraint("outcome in ('delivered', 'failed', 'given_up')", name="webhook_attempts_outcome"),
    sa.CheckConstraint("(outcome = 'failed') = (next_at IS NOT NULL)", name="webhook_attempts_next"),
    sa.Index("webhook_attempts_message", "message_id"),
    sa.Index("webhook_attempts_ended", "message_id", unique=True, postgresql_where=sa.text("outcome <> 'failed'")),
)
