"""Counts of the register by village: what a county's page shows, recorded with each run."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE register_counts (
    run_no integer NOT NULL REFERENCES register_runs,
    village_code text NOT NULL,
    status smallint NOT NULL,
    grade smallint NOT NULL,
    households integer NOT NULL,
    filed integer,
    poor integer,
    PRIMARY KEY (run_no, village_code, status, grade)
);
COMMENT ON COLUMN register_counts.grade IS 'position in the policy''s grades; -1 none';
COMMENT ON COLUMN register_counts.filed IS 'of them: a source filed about it; empty where it was not counted';
COMMENT ON COLUMN register_counts.poor IS 'of them: on the poverty register; empty where it was not counted';
"""
COUNT = """
INSERT INTO register_counts (run_no, village_code, status, grade, households)
SELECT run_no, village_code, status, grade, count(*) FROM register GROUP BY 1, 2, 3, 4
"""
GUARD = """
CREATE TRIGGER register_counts_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON register_counts
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    """Create the table; runs of before are counted from their rows, which tell neither filings nor poverty."""
    for step in (TABLE, COUNT, GUARD):
        op.execute(step)


def downgrade() -> None:
    """Remove the table; refused where it holds what no other table does."""
    asked = "SELECT EXISTS (SELECT FROM register_counts WHERE filed IS NOT NULL OR poor IS NOT NULL)"
    if op.get_bind().execute(sa.text(asked)).scalar_one():
        raise RuntimeError("register_counts holds recorded history; restore a backup instead")
    op.execute("DROP TABLE register_counts")
