"""Repayment schedules: which sum of a loan is due on which day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE loan_schedules (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    batch_no integer NOT NULL REFERENCES batches (batch_no),
    loan_no integer NOT NULL REFERENCES loans (loan_no),
    due_on date NOT NULL,
    due_cny numeric(14, 2) NOT NULL
);
CREATE INDEX loan_schedules_as_of ON loan_schedules (loan_no, due_on, seq DESC);
CREATE TRIGGER loan_schedules_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON loan_schedules
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    """Create the table, append-only like every fact."""
    op.execute(TABLES)


def downgrade() -> None:
    """Remove the table; refused where it holds history, which no program removes."""
    if op.get_bind().execute(sa.text("SELECT EXISTS (SELECT FROM loan_schedules)")).scalar_one():
        raise RuntimeError("loan_schedules holds recorded history; restore a backup instead")
    op.execute("DROP TABLE loan_schedules")
