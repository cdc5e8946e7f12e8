"""Which policies of the index stand in the log: appended with their entries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from feature_store.adapters.fact_tables import WHEN, metadata

policy_records = sa.Table(
    "policy_records",
    metadata,
    sa.Column("entry_no", sa.BigInteger, sa.ForeignKey("log_entries.index"), primary_key=True, autoincrement=False),
    sa.Column("sha256", sa.Text, nullable=False, comment="of the policy folder, as the index has it"),
    sa.Column("folder", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("recorded_at", WHEN, nullable=False),
    sa.CheckConstraint("kind in ('policy_approved', 'policy_adopted')", name="policy_records_kind"),
)


def recorded(connection: sa.Connection) -> frozenset[str]:
    """The hashes of all policies that an entry of the log records."""
    return frozenset(connection.execute(sa.select(policy_records.c.sha256)).scalars())


def record(connection: sa.Connection, row: Mapping[str, Any]) -> None:
    """Append a record: entry_no, sha256, folder, kind, recorded_at."""
    connection.execute(policy_records.insert(), dict(row))
