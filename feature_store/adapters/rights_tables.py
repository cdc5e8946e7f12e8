"""Tables of a household's rights: consents, objections, overrides by people, reports given to the subject."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import UUID

from feature_store.adapters.fact_tables import WHEN, household, metadata


def _entry() -> sa.Column[int]:
    return sa.Column("entry_no", sa.BigInteger, sa.ForeignKey("log_entries.index"), nullable=False, unique=True)


consents = sa.Table(
    "consents",
    metadata,
    sa.Column("tenant", sa.Text, primary_key=True, comment="the bank that may use the credit file"),
    sa.Column("reference", sa.Text, primary_key=True, comment="of the signed paper, numbered by the bank"),
    household(),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("granted_on", sa.Date, nullable=False),
    sa.Column("until", sa.Date, nullable=False, comment="last day on which it counts"),
    sa.Column("recorded_by", sa.Text, nullable=False),
    sa.Column("recorded_at", WHEN, nullable=False),
    sa.CheckConstraint("until >= granted_on", name="consents_days"),
    sa.Index("consents_household", "household_no", "tenant"),
)

consent_withdrawals = sa.Table(
    "consent_withdrawals",
    metadata,
    sa.Column("tenant", sa.Text, primary_key=True),
    sa.Column("reference", sa.Text, primary_key=True),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("recorded_at", WHEN, nullable=False),
    sa.ForeignKeyConstraint(["tenant", "reference"], ["consents.tenant", "consents.reference"]),
)

objections = sa.Table(
    "objections",
    metadata,
    sa.Column("objection_id", UUID, primary_key=True),
    household(),
    sa.Column("about", sa.Text, nullable=False),
    sa.Column("indicator", sa.Text, comment="the datum objected to"),
    sa.Column("decision_id", UUID, sa.ForeignKey("decisions.decision_id"), comment="the decision objected to"),
    sa.Column("filed_by", sa.Text, nullable=False),
    sa.Column("tenant", sa.Text, comment="the bank that filed it; empty: the service network"),
    sa.Column("recorded_at", WHEN, nullable=False),
    sa.Column("due_on", sa.Date, nullable=False),
    _entry(),
    sa.CheckConstraint("about in ('datum', 'decision', 'human_review')", name="objections_about"),
    sa.CheckConstraint("(about = 'datum') = (indicator is not null)", name="objections_indicator"),
    sa.CheckConstraint("about <> 'decision' or decision_id is not null", name="objections_decision"),
    sa.Index("objections_household", "household_no"),
    sa.Index("objections_decision_id", "decision_id"),
    comment="what the person states is in the content of the entry alone, which can be erased",
)

objection_outcomes = sa.Table(
    "objection_outcomes",
    metadata,
    sa.Column("objection_id", UUID, sa.ForeignKey("objections.objection_id"), primary_key=True),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("recorded_at", WHEN, nullable=False),
    _entry(),
    sa.CheckConstraint(
        "outcome in ('corrected', 'mark_removed', 'recorded_unconfirmed')", name="objection_outcomes_outcome"
    ),
)

overrides = sa.Table(
    "overrides",
    metadata,
    sa.Column("override_id", UUID, primary_key=True),
    sa.Column("decision_id", UUID, sa.ForeignKey("decisions.decision_id"), nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("limit_cny", sa.Numeric(14, 2)),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("expires_on", sa.Date, nullable=False, comment="last day on which it counts"),
    sa.Column("recorded_at", WHEN, nullable=False),
    sa.CheckConstraint("outcome in ('lend', 'decline')", name="overrides_outcome"),
    sa.CheckConstraint("limit_cny is null or (outcome = 'lend' and limit_cny > 0)", name="overrides_limit"),
    sa.CheckConstraint("trim(why) <> ''", name="overrides_why"),
    sa.Index("overrides_decision", "decision_id"),
)

override_confirmations = sa.Table(
    "override_confirmations",
    metadata,
    sa.Column("override_id", UUID, sa.ForeignKey("overrides.override_id"), primary_key=True),
    sa.Column("second", sa.Text, nullable=False),
    sa.Column("recorded_at", WHEN, nullable=False),
)

reports = sa.Table(
    "reports",
    metadata,
    sa.Column("report_id", UUID, primary_key=True),
    household(),
    sa.Column("year", sa.SmallInteger, nullable=False),
    sa.Column("number", sa.SmallInteger, nullable=False, comment="of the household's reports in the year, from 1"),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("recorded_at", WHEN, nullable=False),
    sa.UniqueConstraint("household_no", "year", "number"),
)
