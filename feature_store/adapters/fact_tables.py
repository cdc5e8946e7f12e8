"""Tables of what sources state: areas, households, filings, loans, each in the batch that brought it.

A fact's ``recorded_at`` stands in its batch alone and is the last thing an import sets.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

metadata = sa.MetaData()
WHEN = sa.DateTime(timezone=True)


def household() -> sa.Column[int]:
    """The column that names a household."""
    return sa.Column("household_no", sa.Integer, sa.ForeignKey("households.household_no"), nullable=False)


def _batch() -> sa.Column[int]:
    return sa.Column("batch_no", sa.Integer, sa.ForeignKey("batches.batch_no"), nullable=False)


batches = sa.Table(
    "batches",
    metadata,
    sa.Column("batch_no", sa.Integer, sa.Identity(always=True), primary_key=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("file_name", sa.Text, nullable=False),
    sa.Column("file_sha256", sa.Text, nullable=False),
    sa.Column("observed_on", sa.Date, nullable=False),
    sa.Column("recorded_at", WHEN, unique=True),
    sa.Column("coverage", sa.Text, nullable=False),
    sa.Column("areas", ARRAY(sa.Text), nullable=False),
    sa.Column("indicators", ARRAY(sa.Text), nullable=False, comment="order of the codes in the batch's filings"),
    sa.Column("n_rows", sa.Integer, nullable=False),
    sa.Column("policy_sha256", sa.Text, nullable=False),
    sa.Column("first_seq", sa.BigInteger, comment="the batch's filings lie from here"),
    sa.Column("last_seq", sa.BigInteger, comment="to here, perhaps mixed with another batch's"),
    sa.Column("earliest_on", sa.Date, comment="least observed_on of the batch and its rows"),
    sa.Column("latest_on", sa.Date, comment="greatest observed_on of the batch and its rows"),
    sa.Column("repeat", sa.SmallInteger, nullable=False, server_default="0", comment="times stated before, by request"),
    sa.Column("n_refused", sa.Integer, nullable=False, server_default="0", comment="faulty rows left out"),
    sa.UniqueConstraint("source", "file_sha256", "observed_on", "coverage", "areas", "repeat"),
    sa.CheckConstraint("coverage in ('complete', 'listed')", name="batches_coverage"),
    sa.Index("batches_as_of", "source", sa.text("observed_on DESC"), sa.text("recorded_at DESC")),
)

areas = sa.Table(
    "areas",
    metadata,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("parent", sa.Text, sa.ForeignKey("areas.code")),
    sa.Column("name_zh", sa.Text, nullable=False),
    sa.Column("name_en", sa.Text, nullable=False),
    _batch(),
    sa.CheckConstraint("kind in ('county', 'township', 'village')", name="areas_kind"),
)

households = sa.Table(
    "households",
    metadata,
    sa.Column("household_no", sa.Integer, sa.Identity(always=True), primary_key=True),
    sa.Column("household_id", sa.Text, nullable=False, unique=True),
)

registrations = sa.Table(
    "registrations",
    metadata,
    sa.Column("seq", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    _batch(),
    household(),
    sa.Column("village_code", sa.Text, nullable=False),
    sa.Column("observed_on", sa.Date, nullable=False),
    sa.Column(
        "id_stated", sa.Boolean, nullable=False, comment="whether an ID number was stated; it stands in id_numbers"
    ),
    sa.Index("registrations_as_of", "household_no", sa.text("observed_on DESC"), sa.text("seq DESC")),
)

sources = sa.Table(
    "sources",
    metadata,
    sa.Column("source_no", sa.SmallInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("source", sa.Text, nullable=False, unique=True),
)

filings = sa.Table(
    "filings",
    metadata,
    sa.Column("seq", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    _batch(),
    household(),
    sa.Column("source", sa.SmallInteger, sa.ForeignKey("sources.source_no"), nullable=False),
    sa.Column("observed_on", sa.Date, nullable=False),
    sa.Column("valid_until", sa.Date),
    sa.Column("evidence_id", sa.Text),
    sa.Column("assessor_1", sa.Text),
    sa.Column("assessor_2", sa.Text),
    sa.Column("same_as", sa.BigInteger, comment="the filing that holds the same codes"),
    sa.Column("codes", ARRAY(sa.Integer)),
    sa.CheckConstraint("(same_as is null) <> (codes is null)", name="filings_same_as_or_codes"),
    sa.Index("filings_as_of", "household_no", "source", sa.text("observed_on DESC"), sa.text("seq DESC")),
)

loans = sa.Table(
    "loans",
    metadata,
    sa.Column("loan_no", sa.Integer, sa.Identity(always=True), primary_key=True),
    sa.Column("loan_id", sa.Text, nullable=False, unique=True),
    household(),
    sa.Column("bank", sa.Text, nullable=False),
    sa.Column("disbursed_on", sa.Date, nullable=False),
    sa.Column("amount_cny", sa.Numeric(14, 2), nullable=False),
    sa.Column("term_months", sa.SmallInteger, nullable=False),
    sa.Column("purpose", sa.Text, nullable=False),
    _batch(),
    sa.Index("loans_household", "household_no"),
)

loan_months = sa.Table(
    "loan_months",
    metadata,
    sa.Column("seq", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    _batch(),
    sa.Column("loan_no", sa.Integer, sa.ForeignKey("loans.loan_no"), nullable=False),
    sa.Column("month_end", sa.Date, nullable=False),
    sa.Column("balance_cny", sa.Numeric(14, 2), nullable=False),
    sa.Column("days_past_due", sa.Integer, nullable=False),
    sa.Index("loan_months_as_of", "loan_no", "month_end", sa.text("seq DESC")),
)

loan_schedules = sa.Table(
    "loan_schedules",
    metadata,
    sa.Column("seq", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    _batch(),
    sa.Column("loan_no", sa.Integer, sa.ForeignKey("loans.loan_no"), nullable=False),
    sa.Column("due_on", sa.Date, nullable=False),
    sa.Column("due_cny", sa.Numeric(14, 2), nullable=False),
    sa.Index("loan_schedules_as_of", "loan_no", "due_on", sa.text("seq DESC")),
)
