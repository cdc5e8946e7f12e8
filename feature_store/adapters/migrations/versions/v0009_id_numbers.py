"""ID numbers sealed, and found by keyed indexes; the fingerprints of before move into the county's index. Erasing after retention.

A fingerprint of before belongs to no key id, and no number stands beside it: only its HMAC was kept. It is replaced once the
household is registered again. The registrations are written anew, so that no fingerprint is left in their old rows.

Filings and the loan book stay append-only but for a transaction that sets ``lushi.retention``: it may remove rows, and move a filing's
codes to another that has the same. The setting keeps mistakes away, not whoever has the database's own rights.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
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
RETENTION = """
CREATE TABLE erased_facts (
    fact text NOT NULL CONSTRAINT erased_facts_fact CHECK (fact IN ('filing', 'loan')),
    number bigint NOT NULL,
    erased_at timestamptz NOT NULL,
    PRIMARY KEY (fact, number)
);
COMMENT ON TABLE erased_facts IS 'numbers of filings and loans that were erased after their time; nothing else is left of them';
CREATE TRIGGER erased_facts_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON erased_facts
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE FUNCTION refuse_change_but_retention() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('lushi.retention', true) = 'on'
       AND (TG_OP = 'DELETE' OR TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'filings') THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '% is append-only: add a later row instead of changing or removing one', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE FUNCTION only_move_codes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - 'codes' - 'same_as' <> to_jsonb(OLD) - 'codes' - 'same_as' OR OLD.codes IS NOT NULL THEN
        RAISE EXCEPTION 'filings is append-only: only where a filing has its codes may be changed'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER filings_only_move_codes BEFORE UPDATE ON filings FOR EACH ROW EXECUTE FUNCTION only_move_codes();
"""
REPLACED = """
DROP TRIGGER {table}_append_only ON {table};
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION {function}();
"""
ERASABLE = ("filings", "loan_months", "loan_schedules")
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
    op.execute(RETENTION)
    for table in ERASABLE:
        op.execute(REPLACED.format(table=table, function="refuse_change_but_retention"))


def downgrade() -> None:
    """Give registrations their fingerprints back; refused where the step before cannot keep what is there."""
    found = op.get_bind().execute(sa.text("SELECT count(*) FROM id_numbers")).scalar_one()
    keys = op.get_bind().execute(sa.text("SELECT count(*) FROM id_keys")).scalar_one()
    if found or keys:
        raise RuntimeError(f"{found} ID numbers are kept sealed under keys with ids; restore a backup instead")
    if erased := op.get_bind().execute(sa.text("SELECT count(*) FROM erased_facts")).scalar_one():
        raise RuntimeError(f"that {erased} facts were erased after their time is recorded; restore a backup instead")
    for table in ERASABLE:
        op.execute(REPLACED.format(table=table, function="refuse_change"))
    op.execute("DROP TRIGGER filings_only_move_codes ON filings")
    op.execute("DROP FUNCTION refuse_change_but_retention, only_move_codes")
    op.execute("DROP TABLE erased_facts")
    op.execute(BACK)
