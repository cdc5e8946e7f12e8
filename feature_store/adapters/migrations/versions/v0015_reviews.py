"""Reviews of decisions by auditors: which were drawn, what was noted of each, and who signed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

HISTORY = ("reviews", "review_items", "review_notes", "review_signings")
TABLES = """
CREATE TABLE reviews (
    entry_no bigint PRIMARY KEY REFERENCES log_entries (index),
    review_id uuid NOT NULL,
    title text NOT NULL,
    stratified_by text NOT NULL,
    first_day date NOT NULL,
    last_day date NOT NULL,
    tenant text NOT NULL DEFAULT '',
    area_code text NOT NULL DEFAULT '',
    per_stratum integer NOT NULL,
    seed text NOT NULL,
    drawn_at timestamptz NOT NULL,
    frame_count integer NOT NULL,
    frame_sha256 text NOT NULL,
    strata jsonb NOT NULL,
    "by" text NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT reviews_review_id UNIQUE (review_id),
    CONSTRAINT reviews_stratified_by CHECK (stratified_by in ('grade', 'township', 'bank', 'month')),
    CONSTRAINT reviews_days CHECK (first_day <= last_day),
    CONSTRAINT reviews_per_stratum CHECK (per_stratum > 0)
);
COMMENT ON COLUMN reviews.tenant IS 'only this bank''s decisions; empty for every bank''s';
COMMENT ON COLUMN reviews.area_code IS 'only households whose village''s code begins so; empty for the county';
COMMENT ON COLUMN reviews.drawn_at IS 'decisions recorded by then could be drawn';
COMMENT ON COLUMN reviews.frame_sha256 IS 'of the ids that could be drawn, ascending, each on a line';
COMMENT ON COLUMN reviews.strata IS 'how many could be drawn, by stratum';
CREATE TABLE review_items (
    review_id uuid NOT NULL REFERENCES reviews (review_id),
    position integer NOT NULL,
    decision_id uuid NOT NULL REFERENCES decisions (decision_id),
    stratum text NOT NULL,
    PRIMARY KEY (review_id, position),
    CONSTRAINT review_items_once UNIQUE (review_id, decision_id)
);
CREATE TABLE review_notes (
    entry_no bigint PRIMARY KEY REFERENCES log_entries (index),
    review_id uuid NOT NULL,
    position integer NOT NULL,
    finding text NOT NULL,
    note text NOT NULL,
    "by" text NOT NULL,
    recorded_at timestamptz NOT NULL,
    FOREIGN KEY (review_id, position) REFERENCES review_items (review_id, position),
    CONSTRAINT review_notes_finding CHECK (finding in ('in_order', 'question', 'wrong'))
);
COMMENT ON COLUMN review_notes.entry_no IS 'the newest note of an item counts';
CREATE INDEX review_notes_item ON review_notes (review_id, position, entry_no DESC);
CREATE TABLE review_signings (
    entry_no bigint PRIMARY KEY REFERENCES log_entries (index),
    review_id uuid NOT NULL REFERENCES reviews (review_id),
    conclusion text NOT NULL,
    "by" text NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT review_signings_once UNIQUE (review_id)
);
CREATE INDEX log_entries_unmasked ON log_entries (index) WHERE kind = 'unmasked';
"""
_KEEP = "CREATE TRIGGER {0}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {0} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"


def upgrade() -> None:
    """Create the tables and the triggers that keep their rows as they were written; an index of who saw ID numbers."""
    op.execute(TABLES)
    for table in HISTORY:
        op.execute(_KEEP.format(table))


def downgrade() -> None:
    """Remove the tables; refused where a review was drawn."""
    if op.get_bind().execute(sa.text("SELECT EXISTS (SELECT FROM reviews)")).scalar_one():
        raise RuntimeError("reviews holds recorded history; restore a backup instead")
    op.execute("DROP TABLE review_signings, review_notes, review_items, reviews")
    op.execute("DROP INDEX log_entries_unmasked")
