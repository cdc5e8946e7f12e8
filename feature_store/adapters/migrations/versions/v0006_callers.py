"""Callers: API clients, their keys (as HMACs only), what was revoked, whose a decision is, and keys of repeated calls."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = """
ALTER TABLE decisions ADD COLUMN tenant text;
COMMENT ON COLUMN decisions.tenant IS 'whose decision it is; empty before callers were told apart';
ALTER TABLE decisions ADD COLUMN checkpoint_size bigint REFERENCES checkpoints (size);
COMMENT ON COLUMN decisions.checkpoint_size IS 'of the checkpoint that its receipt named';
CREATE TABLE idempotency_keys (
    tenant text NOT NULL,
    key text NOT NULL,
    request_sha256 bytea NOT NULL,
    decision_id uuid NOT NULL REFERENCES decisions (decision_id),
    PRIMARY KEY (tenant, key)
);
CREATE TRIGGER idempotency_keys_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON idempotency_keys
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE UNLOGGED TABLE client_rates (
    client_id text PRIMARY KEY,
    tokens double precision NOT NULL,
    at timestamptz NOT NULL
);
COMMENT ON TABLE client_rates IS 'how many calls each client may still make now; lost with a crash, and then full';
CREATE TABLE clients (
    client_id text PRIMARY KEY,
    tenant text NOT NULL,
    role text NOT NULL,
    recorded_at timestamptz NOT NULL
);
COMMENT ON COLUMN clients.tenant IS 'whose decisions the client sees: a bank';
CREATE TABLE client_keys (
    key_id text PRIMARY KEY,
    client_id text NOT NULL REFERENCES clients (client_id),
    mac bytea NOT NULL,
    recorded_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
COMMENT ON COLUMN client_keys.mac IS 'HMAC-SHA256 of the key; the key itself is nowhere';
CREATE INDEX client_keys_client ON client_keys (client_id);
CREATE TABLE revocations (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    client_id text NOT NULL REFERENCES clients (client_id),
    key_id text REFERENCES client_keys (key_id),
    effective_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL
);
COMMENT ON COLUMN revocations.key_id IS 'the key; empty: every key of the client';
CREATE INDEX revocations_client ON revocations (client_id);
CREATE TRIGGER clients_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON clients
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER client_keys_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON client_keys
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER revocations_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON revocations
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    """Create the tables and the triggers that keep their rows as they were written."""
    op.execute(TABLES)


def downgrade() -> None:
    """Remove the tables; refused where a client was ever made, which no program forgets."""
    if op.get_bind().execute(sa.text("SELECT EXISTS (SELECT FROM clients)")).scalar_one():
        raise RuntimeError("clients holds recorded history; restore a backup instead")
    op.execute("DROP TABLE client_rates, revocations, client_keys, clients, idempotency_keys")
    op.execute("ALTER TABLE decisions DROP COLUMN tenant, DROP COLUMN checkpoint_size")
