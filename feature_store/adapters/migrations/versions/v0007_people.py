"""People: accounts, their passwords (as argon2 hashes only), endings, sessions, and wrong passwords in a row."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE people (
    person_id text PRIMARY KEY,
    role text NOT NULL,
    tenant text NOT NULL,
    area_code text NOT NULL DEFAULT '',
    recorded_at timestamptz NOT NULL
);
COMMENT ON COLUMN people.tenant IS 'a clerk''s bank; the county''s own people: county';
COMMENT ON COLUMN people.area_code IS 'of the service network''s people';
CREATE TABLE person_passwords (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id text NOT NULL REFERENCES people (person_id),
    hash text NOT NULL,
    recorded_at timestamptz NOT NULL
);
COMMENT ON COLUMN person_passwords.hash IS 'argon2id, encoded; a person''s newest counts';
CREATE INDEX person_passwords_person ON person_passwords (person_id, seq DESC);
CREATE TABLE person_endings (
    person_id text PRIMARY KEY REFERENCES people (person_id),
    why text NOT NULL,
    recorded_at timestamptz NOT NULL
);
CREATE TABLE sessions (
    mac bytea PRIMARY KEY,
    person_id text NOT NULL REFERENCES people (person_id),
    password_seq bigint NOT NULL REFERENCES person_passwords (seq),
    csrf_mac bytea NOT NULL,
    created_at timestamptz NOT NULL,
    used_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz
);
COMMENT ON COLUMN sessions.mac IS 'HMAC-SHA256 of the cookie''s token; the token is nowhere';
COMMENT ON COLUMN sessions.password_seq IS 'the password that it was opened with; once another is newer it counts no more';
CREATE INDEX sessions_person ON sessions (person_id);
CREATE UNLOGGED TABLE login_failures (
    mac bytea PRIMARY KEY,
    count integer NOT NULL,
    at timestamptz NOT NULL
);
COMMENT ON TABLE login_failures IS 'wrong passwords in a row for a name, whether anybody has it; lost with a crash';
COMMENT ON COLUMN login_failures.mac IS 'HMAC-SHA256 of the name as typed, which may be a password';
CREATE INDEX login_failures_at ON login_failures (at);
CREATE TRIGGER people_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON people
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER person_passwords_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON person_passwords
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER person_endings_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON person_endings
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    """Create the tables and the triggers that keep their rows as they were written."""
    op.execute(TABLES)


def downgrade() -> None:
    """Remove the tables; refused where a person was ever given an account, which no program forgets."""
    if op.get_bind().execute(sa.text("SELECT EXISTS (SELECT FROM people)")).scalar_one():
        raise RuntimeError("people holds recorded history; restore a backup instead")
    op.execute("DROP TABLE login_failures, sessions, person_endings, person_passwords, people")
