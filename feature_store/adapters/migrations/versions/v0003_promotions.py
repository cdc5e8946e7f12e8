"""Promotions of the challenger: which version advises, and the two people who said so."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE promotions (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL CONSTRAINT promotions_kind CHECK (kind IN ('promotion', 'rollback')),
    version text NOT NULL,
    sha256 text NOT NULL,
    "from" text,
    "by" text NOT NULL,
    second text NOT NULL,
    why text NOT NULL CONSTRAINT promotions_why CHECK (trim(why) <> ''),
    recorded_at timestamptz NOT NULL,
    CONSTRAINT promotions_two_people CHECK (lower(trim("by")) <> lower(trim(second)))
);
COMMENT ON COLUMN promotions.sha256 IS 'of the model''s file';
COMMENT ON COLUMN promotions."from" IS 'the version that advised before';
CREATE TRIGGER promotions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON promotions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    """Create the table and the trigger that keeps its rows as they were written."""
    op.execute(TABLES)


def downgrade() -> None:
    """Remove the table; refused where it holds history, which no program removes."""
    if op.get_bind().execute(sa.text("SELECT EXISTS (SELECT FROM promotions)")).scalar_one():
        raise RuntimeError("promotions holds recorded history; restore a backup instead")
    op.execute("DROP TABLE promotions")
