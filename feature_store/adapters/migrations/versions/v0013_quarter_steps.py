"""Steps of quarters: what each step of ``lushi quarter`` found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE quarter_steps (
    quarter text NOT NULL,
    step text NOT NULL,
    result bytea NOT NULL,
    sha256 text NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (quarter, step)
);
COMMENT ON COLUMN quarter_steps.result IS 'canonical JSON';
COMMENT ON COLUMN quarter_steps.sha256 IS 'of the result';
CREATE TRIGGER quarter_steps_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON quarter_steps
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    """Create the table and the trigger that keeps its rows as they were written."""
    op.execute(TABLE)


def downgrade() -> None:
    """Remove the table; refused where a step was recorded."""
    if op.get_bind().execute(sa.text("SELECT EXISTS (SELECT FROM quarter_steps)")).scalar_one():
        raise RuntimeError("quarter_steps holds recorded history; restore a backup instead")
    op.execute("DROP TABLE quarter_steps")
