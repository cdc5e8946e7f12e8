"""Reports of the watch over the challenger and the county: one a day of the calendar."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE watch_reports (
    on_date date PRIMARY KEY,
    period text NOT NULL,
    known_at timestamptz NOT NULL,
    content bytea NOT NULL,
    sha256 text NOT NULL,
    recorded_at timestamptz NOT NULL
);
COMMENT ON COLUMN watch_reports.period IS 'the quarter looked at, as 2020Q3';
COMMENT ON COLUMN watch_reports.content IS 'canonical JSON';
COMMENT ON COLUMN watch_reports.sha256 IS 'of the content';
CREATE TRIGGER watch_reports_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON watch_reports
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    """Create the table."""
    op.execute(TABLES)


def downgrade() -> None:
    """Remove the table; refused where it holds a report, since alarms may rest on it."""
    if op.get_bind().execute(sa.text("SELECT EXISTS (SELECT FROM watch_reports)")).scalar_one():
        raise RuntimeError("watch_reports holds recorded history; restore a backup instead")
    op.execute("DROP TABLE watch_reports")
