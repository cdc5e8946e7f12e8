"""Contents of the log's entries are stored as they are: squeezing each took longer than writing it."""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Store new contents without compression; those that are there stay as they were stored."""
    op.execute("ALTER TABLE log_contents ALTER COLUMN content SET STORAGE EXTERNAL")


def downgrade() -> None:
    """Compress new contents again; every one is read as before."""
    op.execute("ALTER TABLE log_contents ALTER COLUMN content SET STORAGE EXTENDED")
