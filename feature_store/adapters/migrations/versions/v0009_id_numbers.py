"""ID numbers sealed, and found by keyed indexes; the fingerprints of before move into the county's index.

A fingerprint of before belongs to no key id, and no number stands beside it: only its HMAC was kept. It is replaced once the
household is registered again. The registrations are written anew, so that no fingerprint is left in their old rows.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE id_keys (
    seq integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key_id text NOT NULL,
    recorded_at timestamptz NOT NULL,
    complete_at timestamptz
);
COMMENT ON TABLE id_keys IS 'which key ID numbers are under: the newest row';
COMMENT ON COLUMN id_keys.key_id IS 'first 8 hexadecimal digits of the key''s SHA-256';
COMMENT ON COLUMN id_keys.complete_at IS 'when no number was left under another key';
CREATE TABLE id_numbers (
    household_no integer PRIMARY KEY REFERENCES households (household_no),
    batch_no integer NOT NULL REFERENCES batches (batch_no),
    key_id text NOT NULL,
    nonce bytea NOT NULL,
    ciphertext bytea NOT NULL
);
COMMENT ON COLUMN id_numbers.ciphertext IS 'AES-256-GCM, bound to the household and the key';
CREATE TABLE id_index (
    tenant text NOT NULL,
    purpose text NOT NULL,
    key_id text NOT NULL,
    mac bytea NOT NULL,
    household_no integer NOT NULL REFERENCES households (household_no),
    PRIMARY KEY (tenant, purpose, key_id, mac, household_no)
);
COMMENT ON COLUMN id_index.key_id IS 'empty: made before keys had ids';
COMMENT ON COLUMN id_index.mac IS 'HMAC-SHA256 of the number under the index''s own key';
CREATE INDEX id_index_household ON id_index (household_no);
"""
MOVE = """
INSERT INTO id_index
    SELECT 'county', 'registration', '', latest.id_mac, latest.household_no
    FROM (SELECT DISTINCT ON (r.household_no) r.household_no, r.id_mac
          FROM registrations r JOIN batches b USING (batch_no)
          WHERE r.id_mac IS NOT NULL
          ORDER BY r.household_no, r.observed_on DESC, b.recorded_at DESC, r.seq DESC) latest;
DROP INDEX registrations_id_mac;
COMMENT ON COLUMN registrations.id_mac IS NULL;
ALTER TABLE registrations ALTER COLUMN id_mac TYPE boolean USING id_mac IS NOT NULL;
ALTER TABLE registrations RENAME COLUMN id_mac TO id_stated;
ALTER TABLE registrations ALTER COLUMN id_stated SET NOT NULL;
COMMENT ON COLUMN registrations.id_stated IS 'whether an ID number was stated; it stands in id_numbers';
"""
BACK = """
ALTER TABLE registrations ADD COLUMN id_mac bytea;
COMMENT ON COLUMN registrations.id_mac IS 'keyed HMAC-SHA256 of the resident ID number';
ALTER TABLE registrations DISABLE TRIGGER registrations_append_only;
UPDATE registrations SET id_mac = i.mac
    FROM (SELECT DISTINCT ON (r.household_no) r.household_no, r.seq
          FROM registrations r JOIN batches b USING (batch_no)
          WHERE r.id_stated
          ORDER BY r.household_no, r.observed_on DESC, b.recorded_at DESC, r.seq DESC) latest
    JOIN id_index i USING (household_no)
    WHERE registrations.seq = latest.seq;
ALTER TABLE registrations ENABLE TRIGGER registrations_append_only;
ALTER TABLE registrations DROP COLUMN id_stated;
CREATE INDEX registrations_id_mac ON registrations (id_mac);
DROP TABLE id_index, id_numbers, id_keys;
"""


def upgrade() -> None:
    """Create the tables and move the newest fingerprint of each household into the index."""
    op.execute(TABLES)
    op.execute(MOVE)


def downgrade() -> None:
    """Give registrations their fingerprints back; refused where numbers were sealed, which the step before cannot keep."""
    found = op.get_bind().execute(sa.text("SELECT count(*) FROM id_numbers")).scalar_one()
    keys = op.get_bind().execute(sa.text("SELECT count(*) FROM id_keys")).scalar_one()
    if found or keys:
        raise RuntimeError(f"{found} ID numbers are kept sealed under keys with ids; restore a backup instead")
    op.execute(BACK)
