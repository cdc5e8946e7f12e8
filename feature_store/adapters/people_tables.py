"""Tables of people: who may sign in, their passwords (as argon2 hashes only), sessions, and wrong passwords in a row."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import BYTEA

from feature_store.adapters.fact_tables import WHEN, metadata

people = sa.Table(
    "people",
    metadata,
    sa.Column("person_id", sa.Text, primary_key=True),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("tenant", sa.Text, nullable=False, comment="a clerk's bank; the county's own people: county"),
    sa.Column("area_code", sa.Text, nullable=False, server_default="", comment="of the service network's people"),
    sa.Column("recorded_at", WHEN, nullable=False),
)

person_passwords = sa.Table(
    "person_passwords",
    metadata,
    sa.Column("seq", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("person_id", sa.Text, sa.ForeignKey("people.person_id"), nullable=False),
    sa.Column("hash", sa.Text, nullable=False, comment="argon2id, encoded; a person's newest counts"),
    sa.Column("recorded_at", WHEN, nullable=False),
    sa.Index("person_passwords_person", "person_id", sa.text("seq DESC")),
)

person_endings = sa.Table(
    "person_endings",
    metadata,
    sa.Column("person_id", sa.Text, sa.ForeignKey("people.person_id"), primary_key=True),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("recorded_at", WHEN, nullable=False),
)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("mac", BYTEA, primary_key=True, comment="HMAC-SHA256 of the cookie's token; the token is nowhere"),
    sa.Column("person_id", sa.Text, sa.ForeignKey("people.person_id"), nullable=False),
    sa.Column(
        "password_seq",
        sa.BigInteger,
        sa.ForeignKey("person_passwords.seq"),
        nullable=False,
        comment="the password that it was opened with; once another is newer it counts no more",
    ),
    sa.Column("csrf_mac", BYTEA, nullable=False),
    sa.Column("created_at", WHEN, nullable=False),
    sa.Column("used_at", WHEN, nullable=False),
    sa.Column("expires_at", WHEN, nullable=False),
    sa.Column("ended_at", WHEN),
    sa.Index("sessions_person", "person_id"),
)

login_failures = sa.Table(
    "login_failures",
    metadata,
    sa.Column("mac", BYTEA, primary_key=True, comment="HMAC-SHA256 of the name as typed, which may be a password"),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("at", WHEN, nullable=False),
    sa.Index("login_failures_at", "at"),
    comment="wrong passwords in a row for a name, whether anybody has it; lost with a crash",
    prefixes=["UNLOGGED"],
)
