"""The two-axis store: areas, households, batches, filings, loans, releases, decisions, the register."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE batches (
    batch_no integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text NOT NULL,
    file_name text NOT NULL,
    file_sha256 text NOT NULL,
    observed_on date NOT NULL,
    recorded_at timestamptz UNIQUE,
    coverage text NOT NULL CONSTRAINT batches_coverage CHECK (coverage IN ('complete', 'listed')),
    areas text[] NOT NULL,
    indicators text[] NOT NULL,
    n_rows integer NOT NULL,
    policy_sha256 text NOT NULL,
    first_seq bigint,
    last_seq bigint,
    earliest_on date,
    latest_on date,
    repeat smallint NOT NULL DEFAULT 0,
    n_refused integer NOT NULL DEFAULT 0,
    UNIQUE (source, file_sha256, observed_on, coverage, areas, repeat)
);
COMMENT ON COLUMN batches.indicators IS 'order of the codes in the batch''s filings';
COMMENT ON COLUMN batches.repeat IS 'times stated before, by request';
COMMENT ON COLUMN batches.n_refused IS 'faulty rows left out';
COMMENT ON COLUMN batches.first_seq IS 'the batch''s filings lie from here';
COMMENT ON COLUMN batches.last_seq IS 'to here, perhaps mixed with another batch''s';
COMMENT ON COLUMN batches.earliest_on IS 'least observed_on of the batch and its rows';
COMMENT ON COLUMN batches.latest_on IS 'greatest observed_on of the batch and its rows';
CREATE INDEX batches_as_of ON batches (source, observed_on DESC, recorded_at DESC);

CREATE TABLE areas (
    code text PRIMARY KEY,
    kind text NOT NULL CONSTRAINT areas_kind CHECK (kind IN ('county', 'township', 'village')),
    parent text REFERENCES areas (code),
    name_zh text NOT NULL,
    name_en text NOT NULL,
    batch_no integer NOT NULL REFERENCES batches (batch_no)
);

CREATE TABLE households (
    household_no integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    household_id text NOT NULL UNIQUE
);

CREATE TABLE registrations (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    batch_no integer NOT NULL REFERENCES batches (batch_no),
    household_no integer NOT NULL REFERENCES households (household_no),
    village_code text NOT NULL,
    observed_on date NOT NULL,
    id_mac bytea
);
COMMENT ON COLUMN registrations.id_mac IS 'keyed HMAC-SHA256 of the resident ID number';
CREATE INDEX registrations_as_of ON registrations (household_no, observed_on DESC, seq DESC);
CREATE INDEX registrations_id_mac ON registrations (id_mac);

CREATE TABLE sources (
    source_no smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text NOT NULL UNIQUE
);

CREATE TABLE filings (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    batch_no integer NOT NULL REFERENCES batches (batch_no),
    household_no integer NOT NULL REFERENCES households (household_no),
    source smallint NOT NULL REFERENCES sources (source_no),
    observed_on date NOT NULL,
    valid_until date,
    evidence_id text,
    assessor_1 text,
    assessor_2 text,
    same_as bigint,
    codes integer[],
    CONSTRAINT filings_same_as_or_codes CHECK ((same_as IS NULL) <> (codes IS NULL))
);
COMMENT ON COLUMN filings.same_as IS 'the filing that holds the same codes';
CREATE INDEX filings_as_of ON filings (household_no, source, observed_on DESC, seq DESC);

CREATE TABLE loans (
    loan_no integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    loan_id text NOT NULL UNIQUE,
    household_no integer NOT NULL REFERENCES households (household_no),
    bank text NOT NULL,
    disbursed_on date NOT NULL,
    amount_cny numeric(14, 2) NOT NULL,
    term_months smallint NOT NULL,
    purpose text NOT NULL,
    batch_no integer NOT NULL REFERENCES batches (batch_no)
);
CREATE INDEX loans_household ON loans (household_no);

CREATE TABLE loan_months (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    batch_no integer NOT NULL REFERENCES batches (batch_no),
    loan_no integer NOT NULL REFERENCES loans (loan_no),
    month_end date NOT NULL,
    balance_cny numeric(14, 2) NOT NULL,
    days_past_due integer NOT NULL
);
CREATE INDEX loan_months_as_of ON loan_months (loan_no, month_end, seq DESC);

CREATE TABLE area_releases (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    area_code text NOT NULL REFERENCES areas (code),
    signed_on date NOT NULL,
    "by" text NOT NULL,
    second text NOT NULL,
    why text NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT area_releases_two_people CHECK (lower(trim("by")) <> lower(trim(second)))
);

CREATE TABLE decisions (
    entry_no bigint PRIMARY KEY,
    decision_id uuid NOT NULL UNIQUE,
    household_no integer NOT NULL REFERENCES households (household_no),
    recorded_at timestamptz NOT NULL,
    entry bytea NOT NULL,
    sha256 bytea NOT NULL
);
COMMENT ON COLUMN decisions.entry IS 'canonical JSON';
CREATE INDEX decisions_household ON decisions (household_no, recorded_at DESC);
CREATE INDEX decisions_recorded_at ON decisions (recorded_at);

CREATE TABLE register_runs (
    run_no integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    on_date date NOT NULL,
    quarter text NOT NULL,
    policy_id text NOT NULL,
    policy_sha256 text NOT NULL,
    known_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    summary jsonb NOT NULL
);

CREATE TABLE register (
    run_no integer NOT NULL REFERENCES register_runs (run_no),
    household_no integer NOT NULL REFERENCES households (household_no),
    village_code text NOT NULL,
    status smallint NOT NULL,
    grade smallint NOT NULL,
    score smallint NOT NULL,
    previous_grade smallint NOT NULL DEFAULT -1,
    previous_status smallint NOT NULL DEFAULT -1,
    PRIMARY KEY (run_no, household_no)
);
COMMENT ON COLUMN register.grade IS 'position in the policy''s grades; -1 none';
"""

PROTECTION = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: add a later row instead of changing or removing one', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION only_set_recorded_at_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.recorded_at IS NOT NULL OR NEW.recorded_at IS NULL
       OR to_jsonb(NEW) - 'recorded_at' <> to_jsonb(OLD) - 'recorded_at' THEN
        RAISE EXCEPTION 'a batch is append-only: only its recorded_at may be set, once'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER batches_set_once BEFORE UPDATE ON batches
    FOR EACH ROW EXECUTE FUNCTION only_set_recorded_at_once();
CREATE TRIGGER batches_no_removal BEFORE DELETE OR TRUNCATE ON batches
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

APPEND_ONLY = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    """Create the tables and the triggers that keep history as it was written."""
    op.execute(TABLES)
    op.execute(PROTECTION)
    for table in ("filings", "registrations", "loan_months", "area_releases", "decisions"):
        op.execute(APPEND_ONLY.format(table=table))


def downgrade() -> None:
    """Remove the tables; refused where they hold history, which no program removes."""
    for table in ("batches", "area_releases", "decisions", "register_runs"):
        if op.get_bind().execute(sa.text(f"SELECT EXISTS (SELECT FROM {table})")).scalar_one():
            raise RuntimeError(f"{table} holds recorded history; restore a backup instead")
    op.execute(
        "DROP TABLE register, register_runs, decisions, area_releases, loan_months, loans, filings, sources, registrations, households, areas, batches"
    )
    op.execute("DROP FUNCTION refuse_change, only_set_recorded_at_once")
