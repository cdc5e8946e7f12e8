"""Tables of reviews: what was drawn from the decisions, what auditors noted of each, who signed."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, UUID

from feature_store.adapters.fact_tables import WHEN, metadata


def _entry() -> sa.Column[int]:
    entry = sa.ForeignKey("log_entries.index")
    return sa.Column("entry_no", sa.BigInteger, entry, primary_key=True, autoincrement=False)


def _review(*, key: bool = False) -> sa.Column[str]:
    of = sa.ForeignKey("reviews.review_id")
    return sa.Column("review_id", UUID, of, primary_key=key, nullable=False)


reviews = sa.Table(
    "reviews",
    metadata,
    _entry(),
    sa.Column("review_id", UUID, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("stratified_by", sa.Text, nullable=False),
    sa.Column("first_day", sa.Date, nullable=False),
    sa.Column("last_day", sa.Date, nullable=False),
    sa.Column(
        "tenant",
        sa.Text,
        nullable=False,
        server_default="",
        comment="only this bank's decisions; empty for every bank's",
    ),
    sa.Column(
        "area_code",
        sa.Text,
        nullable=False,
        server_default="",
        comment="only households whose village's code begins so; empty for the county",
    ),
    sa.Column("per_stratum", sa.Integer, nullable=False),
    sa.Column("seed", sa.Text, nullable=False),
    sa.Column("drawn_at", WHEN, nullable=False, comment="decisions recorded by then could be drawn"),
    sa.Column("frame_count", sa.Integer, nullable=False),
    sa.Column(
        "frame_sha256",
        sa.Text,
        nullable=False,
        comment="of the ids that could be drawn, ascending, each on a line",
    ),
    sa.Column("strata", JSONB, nullable=False, comment="how many could be drawn, by stratum"),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("recorded_at", WHEN, nullable=False),
    sa.UniqueConstraint("review_id", name="reviews_review_id"),
    sa.CheckConstraint("stratified_by in ('grade', 'township', 'bank', 'month')", name="reviews_stratified_by"),
    sa.CheckConstraint("first_day <= last_day", name="reviews_days"),
    sa.CheckConstraint("per_stratum > 0", name="reviews_per_stratum"),
)

review_items = sa.Table(
    "review_items",
    metadata,
    _review(key=True),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("decision_id", UUID, sa.ForeignKey("decisions.decision_id"), nullable=False),
    sa.Column("stratum", sa.Text, nullable=False),
    sa.UniqueConstraint("review_id", "decision_id", name="review_items_once"),
)

review_notes = sa.Table(
    "review_notes",
    metadata,
    sa.Column(
        "entry_no",
        sa.BigInteger,
        sa.ForeignKey("log_entries.index"),
        primary_key=True,
        autoincrement=False,
        comment="the newest note of an item counts",
    ),
    sa.Column("review_id", UUID, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("finding", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("recorded_at", WHEN, nullable=False),
    sa.ForeignKeyConstraint(["review_id", "position"], ["review_items.review_id", "review_items.position"]),
    sa.CheckConstraint("finding in ('in_order', 'question', 'wrong')", name="review_notes_finding"),
    sa.Index("review_notes_item", "review_id", "position", sa.text("entry_no DESC")),
)

review_signings = sa.Table(
    "review_signings",
    metadata,
    _entry(),
    _review(),
    sa.Column("conclusion", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("recorded_at", WHEN, nullable=False),
    sa.UniqueConstraint("review_id", name="review_signings_once"),
)
