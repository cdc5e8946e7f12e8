"""Tables of ID numbers: sealed, and found again by keyed fingerprints. Not append-only: keys change and numbers are erased."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import BYTEA

from feature_store.adapters.fact_tables import WHEN, metadata

id_keys = sa.Table(
    "id_keys",
    metadata,
    sa.Column("seq", sa.Integer, sa.Identity(always=True), primary_key=True),
    sa.Column("key_id", sa.Text, nullable=False, comment="first 8 hexadecimal digits of the key's SHA-256"),
    sa.Column("recorded_at", WHEN, nullable=False),
    sa.Column("complete_at", WHEN, comment="when no number was left under another key"),
    comment="which key ID numbers are under: the newest row",
)

id_numbers = sa.Table(
    "id_numbers",
    metadata,
    sa.Column(
        "household_no", sa.Integer, sa.ForeignKey("households.household_no"), primary_key=True, autoincrement=False
    ),
    sa.Column("batch_no", sa.Integer, sa.ForeignKey("batches.batch_no"), nullable=False),
    sa.Column("key_id", sa.Text, nullable=False),
    sa.Column("nonce", BYTEA, nullable=False),
    sa.Column("ciphertext", BYTEA, nullable=False, comment="AES-256-GCM, bound to the household and the key"),
)

id_index = sa.Table(
    "id_index",
    metadata,
    sa.Column("tenant", sa.Text, primary_key=True),
    sa.Column("purpose", sa.Text, primary_key=True),
    sa.Column("key_id", sa.Text, primary_key=True, comment="empty: made before keys had ids"),
    sa.Column("mac", BYTEA, primary_key=True, comment="HMAC-SHA256 of the number under the index's own key"),
    sa.Column(
        "household_no", sa.Integer, sa.ForeignKey("households.household_no"), primary_key=True, autoincrement=False
    ),
    sa.Index("id_index_household", "household_no"),
)
