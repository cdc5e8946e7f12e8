"""Open decisions and how they are closed; which policies of the index stand in the log.

Whether terms were offered is read from what decisions of before say; they count for as long as new ones do.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLES = """
ALTER TABLE decisions ADD COLUMN offered boolean NOT NULL DEFAULT false, ADD COLUMN offered_until timestamptz;
COMMENT ON COLUMN decisions.offered IS 'whether terms were offered';
COMMENT ON COLUMN decisions.offered_until IS 'until when they stand, unless closed; empty where none were';
DROP TRIGGER decisions_append_only ON decisions;
UPDATE decisions d SET offered = true, offered_until = d.recorded_at + interval '90 days'
    FROM log_contents c
    WHERE c.index = d.entry_no AND convert_from(c.content, 'UTF8')::json #>> '{binding,terms,offered}' = 'true';
CREATE TRIGGER decisions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON decisions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TABLE closings (
    decision_id uuid PRIMARY KEY REFERENCES decisions (decision_id),
    cause text NOT NULL,
    recorded_at timestamptz NOT NULL,
    "by" text NOT NULL,
    CONSTRAINT closings_cause CHECK (cause in ('disbursed', 'declined_by_household', 'withdrawn_by_bank', 'superseded'))
);
COMMENT ON COLUMN closings."by" IS 'the client that said so';
CREATE TRIGGER closings_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON closings
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TABLE policy_records (
    entry_no bigint PRIMARY KEY REFERENCES log_entries (index),
    sha256 text NOT NULL,
    folder text NOT NULL,
    kind text NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT policy_records_kind CHECK (kind in ('policy_approved', 'policy_adopted'))
);
COMMENT ON COLUMN policy_records.sha256 IS 'of the policy folder, as the index has it';
CREATE TRIGGER policy_records_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON policy_records
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    """Create the tables; tell of every decision whether terms were offered."""
    op.execute(TABLES)


def downgrade() -> None:
    """Remove the tables; refused where a decision was closed or a policy recorded, which no program forgets."""
    for table in ("closings", "policy_records"):
        if op.get_bind().execute(sa.text(f"SELECT EXISTS (SELECT FROM {table})")).scalar_one():
            raise RuntimeError(f"{table} holds recorded history; restore a backup instead")
    op.execute("DROP TABLE policy_records, closings")
    op.execute("ALTER TABLE decisions DROP COLUMN offered, DROP COLUMN offered_until")
