"""One append-only log for everything that is recorded: entries, the nodes of its tree, contents, checkpoints.

A decision's content moves into the log, in the order in which it was recorded. The log's entry holds no content
but a salted commitment to it, so that a content can be erased after its time and every proof stays valid.
The few lines of hashing are written out here: a step never changes with the code around it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE log_entries (
    index bigint PRIMARY KEY,
    kind text NOT NULL,
    recorded_at timestamptz NOT NULL,
    body bytea NOT NULL
);
COMMENT ON COLUMN log_entries.body IS 'canonical JSON: kind, time, commitment';
CREATE TABLE log_nodes (
    level smallint NOT NULL,
    position bigint NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (level, position)
);
CREATE TABLE log_contents (
    index bigint PRIMARY KEY REFERENCES log_entries (index),
    salt bytea NOT NULL,
    content bytea NOT NULL
);
COMMENT ON TABLE log_contents IS 'what entries commit to; a row may be removed after its time';
CREATE TABLE checkpoints (
    size bigint PRIMARY KEY,
    signed_at timestamptz NOT NULL,
    note text NOT NULL
);
CREATE TRIGGER log_contents_no_change BEFORE UPDATE OR TRUNCATE ON log_contents
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
APPEND_ONLY = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
_ENTRY = sa.text("INSERT INTO log_entries VALUES (:index, 'decision', :recorded_at, :body)")
_CONTENT = sa.text("INSERT INTO log_contents VALUES (:index, :salt, :content)")
_NODE = sa.text("INSERT INTO log_nodes VALUES (:level, :position, :hash)")
_AT_ONCE = 1_000


def upgrade() -> None:
    """Create the log and move every decision into it; refused where one is not what its hash says."""
    op.execute(TABLES)
    connection = op.get_bind()
    edge: list[bytes] = []  # of each level the last node that waits for its right neighbour
    last = 0
    while rows := connection.execute(
        sa.text(
            "SELECT entry_no, recorded_at, entry, sha256 FROM decisions WHERE entry_no >= :last ORDER BY 1 LIMIT :most"
        ),
        {"last": last, "most": _AT_ONCE},
    ).all():
        entries, contents, nodes = [], [], []
        for index, recorded_at, content, digest in rows:
            if index != last:
                raise RuntimeError(f"the decisions' numbers have a gap before {index}; restore the table first")
            if hashlib.sha256(bytes(content)).digest() != bytes(digest):
                raise RuntimeError(f"the decision numbered {index} is not what its hash says; restore the table first")
            salt = secrets.token_bytes(32)
            body = _body(recorded_at.isoformat(), hmac.new(salt, bytes(content), hashlib.sha256).hexdigest())
            entries.append({"index": index, "recorded_at": recorded_at, "body": body})
            contents.append({"index": index, "salt": salt, "content": bytes(content)})
            nodes += _nodes(edge, index, hashlib.sha256(b"\x00" + body).digest())
            last = index + 1
        for statement, values in ((_ENTRY, entries), (_CONTENT, contents), (_NODE, nodes)):
            connection.execute(statement, values)
    op.execute("ALTER TABLE decisions DROP COLUMN entry, DROP COLUMN sha256")
    op.execute("ALTER TABLE decisions ADD FOREIGN KEY (entry_no) REFERENCES log_entries (index)")
    for table in ("log_entries", "log_nodes", "checkpoints"):
        op.execute(APPEND_ONLY.format(table=table))


def downgrade() -> None:
    """Give the decisions their contents back; refused where the log holds what the step before cannot keep."""
    connection = op.get_bind()
    others = connection.execute(sa.text("SELECT count(*) FROM log_entries WHERE kind <> 'decision'")).scalar_one()
    erased = connection.execute(
        sa.text(
            "SELECT count(*) FROM decisions d WHERE NOT EXISTS (SELECT FROM log_contents c WHERE c.index = d.entry_no)"
        )
    ).scalar_one()
    if others or erased:
        raise RuntimeError(
            f"{others} entries are no decisions and {erased} contents were erased; restore a backup instead"
        )
    op.execute("DROP TRIGGER decisions_append_only ON decisions")
    op.execute("ALTER TABLE decisions ADD COLUMN entry bytea, ADD COLUMN sha256 bytea")
    op.execute(
        "UPDATE decisions d SET entry = c.content, sha256 = sha256(c.content) FROM log_contents c WHERE c.index = d.entry_no"
    )
    op.execute("ALTER TABLE decisions ALTER COLUMN entry SET NOT NULL, ALTER COLUMN sha256 SET NOT NULL")
    op.execute("ALTER TABLE decisions DROP CONSTRAINT decisions_entry_no_fkey")
    op.execute("COMMENT ON COLUMN decisions.entry IS 'canonical JSON'")
    op.execute(APPEND_ONLY.format(table="decisions"))
    op.execute("DROP TABLE checkpoints, log_contents, log_nodes, log_entries")


def _body(recorded_at: str, commitment: str) -> bytes:
    entry = {"commitment": commitment, "format": 1, "kind": "decision", "recorded_at": recorded_at}
    return json.dumps(entry, sort_keys=True, separators=(",", ":")).encode()


def _nodes(edge: list[bytes], index: int, leaf: bytes) -> list[dict[str, object]]:
    found: list[dict[str, object]] = [{"level": 0, "position": index, "hash": leaf}]
    level, here = 0, leaf
    while index >> level & 1:
        here = hashlib.sha256(b"\x01" + edge[level] + here).digest()
        level += 1
        found.append({"level": level, "position": index >> level, "hash": here})
    edge[level : level + 1] = [here]
    return found
