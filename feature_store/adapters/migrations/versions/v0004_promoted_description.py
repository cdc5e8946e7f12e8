"""Promotions also hold the hash of the model's description, so that neither file can be changed after two people signed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; promotions of before bind the model's file alone."""
    op.execute("ALTER TABLE promotions ADD COLUMN about_sha256 text NOT NULL DEFAULT ''")
    op.execute("COMMENT ON COLUMN promotions.about_sha256 IS 'of challenger.json; empty before it was bound'")


def downgrade() -> None:
    """Remove the column; refused where a promotion holds such a hash."""
    if op.get_bind().execute(sa.text("SELECT EXISTS (SELECT FROM promotions WHERE about_sha256 <> '')")).scalar_one():
        raise RuntimeError("promotions hold hashes of descriptions; restore a backup instead")
    op.execute("ALTER TABLE promotions DROP COLUMN about_sha256")
