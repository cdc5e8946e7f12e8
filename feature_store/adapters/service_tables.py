"""Tables of what the service records: the log, decisions, promotions, releases, callers, the register."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import BYTEA, JSONB, UUID

from feature_store.adapters.fact_tables import WHEN, household, metadata

area_releases = sa.Table(
    "area_releases",
    metadata,
    sa.Column("seq", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("area_code", sa.Text, sa.ForeignKey("areas.code"), nullable=False),
    sa.Column("signed_on", sa.Date, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("second", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("recorded_at", WHEN, nullable=False),
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
    sa.Column("recorded_at", WHEN, nullable=False),
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
    sa.Column("recorded_at", WHEN, nullable=False),
    sa.Column("body", BYTEA, nullable=False, comment="canonical JSON: kind, time, commitment"),
    sa.Index("log_entries_unmasked", "index", postgresql_where=sa.text("kind = 'unmasked'")),
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
    sa.Column("signed_at", WHEN, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
)

decisions = sa.Table(
    "decisions",
    metadata,
    sa.Column("entry_no", sa.BigInteger, sa.ForeignKey("log_entries.index"), primary_key=True, autoincrement=False),
    sa.Column("decision_id", UUID, nullable=False, unique=True),
    household(),
    sa.Column("recorded_at", WHEN, nullable=False),
    sa.Column("tenant", sa.Text, comment="whose decision it is; empty before callers were told apart"),
    sa.Column(
        "checkpoint_size",
        sa.BigInteger,
        sa.ForeignKey("checkpoints.size"),
        comment="of the checkpoint that its receipt named",
    ),
    sa.Column("offered", sa.Boolean, nullable=False, server_default=sa.false(), comment="whether terms were offered"),
    sa.Column("offered_until", WHEN, comment="until when they stand, unless closed; empty where none were"),
    sa.Index("decisions_household", "household_no", sa.text("recorded_at DESC")),
    sa.Index("decisions_recorded_at", "recorded_at"),
)

erased_facts = sa.Table(
    "erased_facts",
    metadata,
    sa.Column("fact", sa.Text, primary_key=True),
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("erased_at", WHEN, nullable=False),
    sa.CheckConstraint("fact in ('filing', 'loan')", name="erased_facts_fact"),
    comment="numbers of filings and loans that were erased after their time; nothing else is left of them",
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
    sa.Column("at", WHEN, nullable=False),
    comment="how many calls each client may still make now; lost with a crash, and then full",
    prefixes=["UNLOGGED"],
)

clients = sa.Table(
    "clients",
    metadata,
    sa.Column("client_id", sa.Text, primary_key=True),
    sa.Column("tenant", sa.Text, nullable=False, comment="whose decisions the client sees: a bank"),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("recorded_at", WHEN, nullable=False),
)

client_keys = sa.Table(
    "client_keys",
    metadata,
    sa.Column("key_id", sa.Text, primary_key=True),
    sa.Column("client_id", sa.Text, sa.ForeignKey("clients.client_id"), nullable=False),
    sa.Column("mac", BYTEA, nullable=False, comment="HMAC-SHA256 of the key; the key itself is nowhere"),
    sa.Column("recorded_at", WHEN, nullable=False),
    sa.Column("expires_at", WHEN, nullable=False),
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
    sa.Column("effective_at", WHEN, nullable=False),
    sa.Column("recorded_at", WHEN, nullable=False),
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
    sa.Column("known_at", WHEN, nullable=False),
    sa.Column("recorded_at", WHEN, nullable=False),
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
