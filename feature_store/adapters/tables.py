"""The store's tables as SQLAlchemy Core metadata.

The migrations create them; a test keeps both equal. ``filings``, ``registrations``, ``loan_months``,
``loan_schedules``, ``area_releases``, ``promotions``, ``decisions`` and the log are append-only: triggers refuse to change
or remove a row. Of ``log_contents`` a row may be removed, never changed.
A fact's ``recorded_at`` stands in its batch alone and is the last thing an import sets.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA, JSONB, UUID

metadata = sa.MetaData()

APPEND_ONLY = (
    "filings",
    "registrations",
    "loan_months",
    "loan_schedules",
    "area_releases",
    "decisions",
    "promotions",
    "log_entries",
    "log_nodes",
    "checkpoints",
    "clients",
    "client_keys",
    "revocations",
    "idempotency_keys",
)


def _batch() -> sa.Column[int]:
    return sa.Column("batch_no", sa.Integer, sa.ForeignKey("batches.batch_no"), nullable=False)


def _household() -> sa.Column[int]:
    return sa.Column("household_no", sa.Integer, sa.ForeignKey("households.household_no"), nullable=False)


_WHEN = sa.DateTime(timezone=True)

batches = sa.Table(
    "batches",
    metadata,
    sa.Column("batch_no", sa.Integer, sa.Identity(always=True), primary_key=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("file_name", sa.Text, nullable=False),
    sa.Column("file_sha256", sa.Text, nullable=False),
    sa.Column("observed_on", sa.Date, nullable=False),
    sa.Column("recorded_at", _WHEN, unique=True),
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
    _household(),
    sa.Column("village_code", sa.Text, nullable=False),
    sa.Column("observed_on", sa.Date, nullable=False),
    sa.Column("id_mac", BYTEA, comment="keyed HMAC-SHA256 of the resident ID number"),
    sa.Index("registrations_as_of", "household_no", sa.text("observed_on DESC"), sa.text("seq DESC")),
    sa.Index("registrations_id_mac", "id_mac"),
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
    _household(),
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
    _household(),
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

area_releases = sa.Table(
    "area_releases",
    metadata,
    sa.Column("seq", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("area_code", sa.Text, sa.ForeignKey("areas.code"), nullable=False),
    sa.Column("signed_on", sa.Date, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("second", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("recorded_at", _WHEN, nullable=False),
    sa.CheckConstraint('lower(trim("by")) <> lower(trim(second))', name="area_releases_two_people"),
)

promotions = sa.Table(
    "promotions",
    metadata,
    sa.Column("seq", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False, comment="of the model's file"),
    sa.Column("from", sa.Text, comment="the version that advised before"),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("second", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("recorded_at", _WHEN, nullable=False),
    sa.Column(
        "about_sha256",
        sa.Text,
        nullable=False,
        server_default="",
        comment="of challenger.json; empty before it was bound",
    ),
    sa.CheckConstraint("kind in ('promotion', 'rollback')", name="promotions_kind"),
    sa.CheckConstraint("trim(why) <> ''", name="promotions_why"),
    sa.CheckConstraint('lower(trim("by")) <> lower(trim(second))', name="promotions_two_people"),
)

log_entries = sa.Table(
    "log_entries",
    metadata,
    sa.Column("index", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("recorded_at", _WHEN, nullable=False),
    sa.Column("body", BYTEA, nullable=False, comment="canonical JSON: kind, time, commitment"),
)

log_nodes = sa.Table(
    "log_nodes",
    metadata,
    sa.Column("level", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("hash", BYTEA, nullable=False),
)

log_contents = sa.Table(
    "log_contents",
    metadata,
    sa.Column("index", sa.BigInteger, sa.ForeignKey("log_entries.index"), primary_key=True, autoincrement=False),
    sa.Column("salt", BYTEA, nullable=False),
    sa.Column("content", BYTEA, nullable=False),
    comment="what entries commit to; a row may be removed after its time",
)

checkpoints = sa.Table(
    "checkpoints",
    metadata,
    sa.Column("size", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("signed_at", _WHEN, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
)

decisions = sa.Table(
    "decisions",
    metadata,
    sa.Column("entry_no", sa.BigInteger, sa.ForeignKey("log_entries.index"), primary_key=True, autoincrement=False),
    sa.Column("decision_id", UUID, nullable=False, unique=True),
    _household(),
    sa.Column("recorded_at", _WHEN, nullable=False),
    sa.Column("tenant", sa.Text, comment="whose decision it is; empty before callers were told apart"),
    sa.Column(
        "checkpoint_size",
        sa.BigInteger,
        sa.ForeignKey("checkpoints.size"),
        comment="of the checkpoint that its receipt named",
    ),
    sa.Index("decisions_household", "household_no", sa.text("recorded_at DESC")),
    sa.Index("decisions_recorded_at", "recorded_at"),
)

idempotency_keys = sa.Table(
    "idempotency_keys",
    metadata,
    sa.Column("tenant", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("request_sha256", BYTEA, nullable=False),
    sa.Column("decision_id", UUID, sa.ForeignKey("decisions.decision_id"), nullable=False),
)

client_rates = sa.Table(
    "client_rates",
    metadata,
    sa.Column("client_id", sa.Text, primary_key=True),
    sa.Column("tokens", sa.Double, nullable=False),
    sa.Column("at", _WHEN, nullable=False),
    comment="how many calls each client may still make now; lost with a crash, and then full",
    prefixes=["UNLOGGED"],
)

clients = sa.Table(
    "clients",
    metadata,
    sa.Column("client_id", sa.Text, primary_key=True),
    sa.Column("tenant", sa.Text, nullable=False, comment="whose decisions the client sees: a bank"),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("recorded_at", _WHEN, nullable=False),
)

client_keys = sa.Table(
    "client_keys",
    metadata,
    sa.Column("key_id", sa.Text, primary_key=True),
    sa.Column("client_id", sa.Text, sa.ForeignKey("clients.client_id"), nullable=False),
    sa.Column("mac", BYTEA, nullable=False, comment="HMAC-SHA256 of the key; the key itself is nowhere"),
    sa.Column("recorded_at", _WHEN, nullable=False),
    sa.Column("expires_at", _WHEN, nullable=False),
    sa.Index("client_keys_client", "client_id"),
)

revocations = sa.Table(
    "revocations",
    metadata,
    sa.Column("seq", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("client_id", sa.Text, sa.ForeignKey("clients.client_id"), nullable=False),
    sa.Column(
        "key_id", sa.Text, sa.ForeignKey("client_keys.key_id"), comment="the key; empty: every key of the client"
    ),
    sa.Column("effective_at", _WHEN, nullable=False),
    sa.Column("recorded_at", _WHEN, nullable=False),
    sa.Index("revocations_client", "client_id"),
)

register_runs = sa.Table(
    "register_runs",
    metadata,
    sa.Column("run_no", sa.Integer, sa.Identity(always=True), primary_key=True),
    sa.Column("on_date", sa.Date, nullable=False),
    sa.Column("quarter", sa.Text, nullable=False),
    sa.Column("policy_id", sa.Text, nullable=False),
    sa.Column("policy_sha256", sa.Text, nullable=False),
    sa.Column("known_at", _WHEN, nullable=False),
    sa.Column("recorded_at", _WHEN, nullable=False),
    sa.Column("summary", JSONB, nullable=False),
)

register = sa.Table(
    "register",
    metadata,
    sa.Column("run_no", sa.Integer, sa.ForeignKey("register_runs.run_no"), primary_key=True),
    sa.Column("household_no", sa.Integer, sa.ForeignKey("households.household_no"), primary_key=True),
    sa.Column("village_code", sa.Text, nullable=False),
    sa.Column("status", sa.SmallInteger, nullable=False),
    sa.Column("grade", sa.SmallInteger, nullable=False, comment="position in the policy's grades; -1 none"),
    sa.Column("score", sa.SmallInteger, nullable=False),
    sa.Column("previous_grade", sa.SmallInteger, nullable=False, server_default="-1"),
    sa.Column("previous_status", sa.SmallInteger, nullable=False, server_default="-1"),
)
