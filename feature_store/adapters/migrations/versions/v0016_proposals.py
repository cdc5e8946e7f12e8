"""Proposals that a second person confirms or declines, and trials of draft policies as they were made."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE proposals (
    entry_no bigint PRIMARY KEY REFERENCES log_entries (index),
    act text NOT NULL,
    subject text NOT NULL,
    sha256 text NOT NULL,
    "by" text NOT NULL,
    why text NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT proposals_act CHECK (act in ('promote', 'rollback', 'suspend', 'resume', 'approve_policy')),
    CONSTRAINT proposals_why CHECK (trim(why) <> '')
);
COMMENT ON COLUMN proposals.subject IS 'version of the challenger, folder of the policy; empty where the opinion itself is meant';
COMMENT ON COLUMN proposals.sha256 IS 'of the model or the policy that was proposed; empty where there is none';

CREATE TABLE proposal_ends (
    entry_no bigint PRIMARY KEY REFERENCES log_entries (index),
    proposal_no bigint NOT NULL REFERENCES proposals (entry_no),
    outcome text NOT NULL,
    "by" text NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT proposal_ends_once UNIQUE (proposal_no),
    CONSTRAINT proposal_ends_outcome CHECK (outcome in ('confirmed', 'declined', 'withdrawn'))
);

CREATE TABLE policy_trials (
    entry_no bigint PRIMARY KEY REFERENCES log_entries (index),
    folder text NOT NULL,
    draft_sha256 text NOT NULL,
    on_date date NOT NULL,
    content bytea NOT NULL,
    sha256 text NOT NULL,
    "by" text NOT NULL,
    recorded_at timestamptz NOT NULL
);
COMMENT ON COLUMN policy_trials.content IS 'canonical JSON';
COMMENT ON COLUMN policy_trials.sha256 IS 'of the content';
CREATE INDEX policy_trials_folder ON policy_trials (folder, entry_no DESC);
"""
NAMES = ("proposals", "proposal_ends", "policy_trials")


def upgrade() -> None:
    """Create the tables and the triggers that keep their rows as they were written."""
    op.execute(TABLES)
    for name in NAMES:
        op.execute(
            f"CREATE TRIGGER {name}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {name}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    """Remove the tables; refused where anything was recorded."""
    for name in NAMES:
        if op.get_bind().execute(sa.text(f"SELECT EXISTS (SELECT FROM {name})")).scalar_one():
            raise RuntimeError(f"{name} holds recorded history; restore a backup instead")
    for name in ("policy_trials", "proposal_ends", "proposals"):
        op.execute(f"DROP TABLE {name}")
