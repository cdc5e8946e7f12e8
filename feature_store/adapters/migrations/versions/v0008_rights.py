"""A household's rights: consents and their withdrawal, objections, overrides by two people, reports to the subject."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0006"
branch_labels = None
depends_on = None

KEPT = (
    "consents",
    "consent_withdrawals",
    "objections",
    "objection_outcomes",
    "overrides",
    "override_confirmations",
    "reports",
)
TABLES = """
CREATE TABLE consents (
    tenant text NOT NULL,
    reference text NOT NULL,
    household_no integer NOT NULL REFERENCES households (household_no),
    purpose text NOT NULL,
    granted_on date NOT NULL,
    until date NOT NULL,
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (tenant, reference),
    CONSTRAINT consents_days CHECK (until >= granted_on)
);
COMMENT ON COLUMN consents.tenant IS 'the bank that may use the credit file';
COMMENT ON COLUMN consents.reference IS 'of the signed paper, numbered by the bank';
COMMENT ON COLUMN consents.until IS 'last day on which it counts';
CREATE INDEX consents_household ON consents (household_no, tenant);
CREATE TABLE consent_withdrawals (
    tenant text NOT NULL,
    reference text NOT NULL,
    "by" text NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (tenant, reference),
    FOREIGN KEY (tenant, reference) REFERENCES consents (tenant, reference)
);
CREATE TABLE objections (
    objection_id uuid PRIMARY KEY,
    household_no integer NOT NULL REFERENCES households (household_no),
    about text NOT NULL,
    indicator text,
    decision_id uuid REFERENCES decisions (decision_id),
    filed_by text NOT NULL,
    tenant text,
    recorded_at timestamptz NOT NULL,
    due_on date NOT NULL,
    entry_no bigint NOT NULL UNIQUE REFERENCES log_entries (index),
    CONSTRAINT objections_about CHECK (about IN ('datum', 'decision', 'human_review')),
    CONSTRAINT objections_indicator CHECK ((about = 'datum') = (indicator IS NOT NULL)),
    CONSTRAINT objections_decision CHECK (about <> 'decision' OR decision_id IS NOT NULL)
);
COMMENT ON TABLE objections IS 'what the person states is in the content of the entry alone, which can be erased';
COMMENT ON COLUMN objections.indicator IS 'the datum objected to';
COMMENT ON COLUMN objections.decision_id IS 'the decision objected to';
COMMENT ON COLUMN objections.tenant IS 'the bank that filed it; empty: the service network';
CREATE INDEX objections_household ON objections (household_no);
CREATE INDEX objections_decision_id ON objections (decision_id);
CREATE TABLE objection_outcomes (
    objection_id uuid PRIMARY KEY REFERENCES objections (objection_id),
    outcome text NOT NULL,
    "by" text NOT NULL,
    recorded_at timestamptz NOT NULL,
    entry_no bigint NOT NULL UNIQUE REFERENCES log_entries (index),
    CONSTRAINT objection_outcomes_outcome CHECK (outcome IN ('corrected', 'mark_removed', 'recorded_unconfirmed'))
);
CREATE TABLE overrides (
    override_id uuid PRIMARY KEY,
    decision_id uuid NOT NULL REFERENCES decisions (decision_id),
    outcome text NOT NULL,
    limit_cny numeric(14, 2),
    why text NOT NULL,
    "by" text NOT NULL,
    expires_on date NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT overrides_outcome CHECK (outcome IN ('lend', 'decline')),
    CONSTRAINT overrides_limit CHECK (limit_cny IS NULL OR (outcome = 'lend' AND limit_cny > 0)),
    CONSTRAINT overrides_why CHECK (trim(why) <> '')
);
COMMENT ON COLUMN overrides.expires_on IS 'last day on which it counts';
CREATE INDEX overrides_decision ON overrides (decision_id);
CREATE TABLE override_confirmations (
    override_id uuid PRIMARY KEY REFERENCES overrides (override_id),
    second text NOT NULL,
    recorded_at timestamptz NOT NULL
);
CREATE TABLE reports (
    report_id uuid PRIMARY KEY,
    household_no integer NOT NULL REFERENCES households (household_no),
    year smallint NOT NULL,
    number smallint NOT NULL,
    "by" text NOT NULL,
    recorded_at timestamptz NOT NULL,
    UNIQUE (household_no, year, number)
);
COMMENT ON COLUMN reports.number IS 'of the household''s reports in the year, from 1';
"""
TRIGGER = """
CREATE TRIGGER {0}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {0}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    """Create the tables and the triggers that keep their rows as they were written."""
    op.execute(TABLES + "".join(TRIGGER.format(name) for name in KEPT))


def downgrade() -> None:
    """Remove the tables; refused where one of them holds anything, which no program forgets."""
    for name in KEPT:
        if op.get_bind().execute(sa.text(f"SELECT EXISTS (SELECT FROM {name})")).scalar_one():
            raise RuntimeError(f"{name} holds recorded history; restore a backup instead")
    op.execute(f"DROP TABLE {', '.join(reversed(KEPT))}")
