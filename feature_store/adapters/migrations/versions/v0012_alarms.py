"""Suspensions of the challenger's opinion, alarms of the watch, and what is told to a webhook."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

HISTORY = ("suspensions", "alarm_reports", "alarms", "webhook_messages", "webhook_attempts")
TABLES = """
CREATE TABLE suspensions (
    entry_no bigint PRIMARY KEY REFERENCES log_entries (index),
    kind text NOT NULL,
    reason text NOT NULL,
    "by" text NOT NULL DEFAULT '',
    second text NOT NULL DEFAULT '',
    why text NOT NULL DEFAULT '',
    alarm_ids text[] NOT NULL DEFAULT '{}',
    report_sha256 text NOT NULL DEFAULT '',
    ends bigint REFERENCES suspensions (entry_no),
    recorded_at timestamptz NOT NULL,
    CONSTRAINT suspensions_ends UNIQUE (ends),
    CONSTRAINT suspensions_kind CHECK (
        (kind = 'opinion_suspended' AND ends IS NULL) OR (kind = 'opinion_resumed' AND ends IS NOT NULL)),
    CONSTRAINT suspensions_reason CHECK (
        (reason = 'two_people' AND trim(why) <> '' AND lower(trim("by")) <> lower(trim(second)))
        OR (reason = 'red_alarm' AND kind = 'opinion_suspended' AND report_sha256 <> '' AND cardinality(alarm_ids) > 0))
);
COMMENT ON COLUMN suspensions.alarm_ids IS 'the red alarms that suspended by rule, or that stood when it was resumed';
COMMENT ON COLUMN suspensions.ends IS 'entry of the suspension that this ends';
CREATE TABLE alarm_reports (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    report_sha256 text NOT NULL,
    on_date date NOT NULL,
    alarms jsonb NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT alarm_reports_once UNIQUE (report_sha256)
);
COMMENT ON COLUMN alarm_reports.alarms IS 'the report''s alarms, with what they say';
CREATE TABLE alarms (
    entry_no bigint PRIMARY KEY REFERENCES log_entries (index),
    kind text NOT NULL,
    alarm_id text NOT NULL,
    figure text NOT NULL,
    about jsonb NOT NULL,
    level text NOT NULL,
    since text NOT NULL,
    suspends boolean NOT NULL,
    report_sha256 text NOT NULL REFERENCES alarm_reports (report_sha256),
    recorded_at timestamptz NOT NULL,
    CONSTRAINT alarms_kind CHECK (kind in ('alarm_raised', 'alarm_cleared')),
    CONSTRAINT alarms_level CHECK (level in ('amber', 'red'))
);
COMMENT ON COLUMN alarms.alarm_id IS 'made of figure and what it is about; the newest row of an alarm counts';
CREATE INDEX alarms_alarm ON alarms (alarm_id, entry_no DESC);
CREATE TABLE webhook_messages (
    message_id text PRIMARY KEY,
    entry_no bigint NOT NULL REFERENCES log_entries (index),
    body bytea NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT webhook_messages_entry UNIQUE (entry_no)
);
COMMENT ON COLUMN webhook_messages.body IS 'the bytes that every attempt sends';
CREATE TABLE webhook_attempts (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    message_id text NOT NULL REFERENCES webhook_messages (message_id),
    outcome text NOT NULL,
    cause text NOT NULL DEFAULT '',
    tried_at timestamptz NOT NULL,
    next_at timestamptz,
    CONSTRAINT webhook_attempts_outcome CHECK (outcome in ('delivered', 'failed', 'given_up')),
    CONSTRAINT webhook_attempts_next CHECK ((outcome = 'failed') = (next_at IS NOT NULL))
);
COMMENT ON COLUMN webhook_attempts.next_at IS 'not tried again before';
CREATE INDEX webhook_attempts_message ON webhook_attempts (message_id);
CREATE UNIQUE INDEX webhook_attempts_ended ON webhook_attempts (message_id) WHERE outcome <> 'failed';
"""
_KEEP = "CREATE TRIGGER {0}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {0} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"


def upgrade() -> None:
    """Create the tables and the triggers that keep their rows as they were written."""
    op.execute(TABLES)
    for table in HISTORY:
        op.execute(_KEEP.format(table))


def downgrade() -> None:
    """Remove the tables; refused where anything was suspended, raised or told, which no program forgets."""
    for table in HISTORY:
        if op.get_bind().execute(sa.text(f"SELECT EXISTS (SELECT FROM {table})")).scalar_one():
            raise RuntimeError(f"{table} holds recorded history; restore a backup instead")
    op.execute("DROP TABLE webhook_attempts, webhook_messages, alarms, alarm_reports, suspensions")
