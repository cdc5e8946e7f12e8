"""The log's tables: read and appended to; what stands in them is made by ``serving.ledger``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from feature_store.adapters.together import Asked, Rows, Sent, together

__all__ = ["Connection"]

_LOCK = 0x4C555348_4C454447
"""Advisory lock key: 'LUSHLEDG' in ASCII. Held until the transaction ends, so that indexes have no gaps."""
_ALONE = Asked("SELECT pg_advisory_xact_lock(:key)")
_SNAPSHOT = sa.text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
_SIZE = Asked("SELECT coalesce(max(index) + 1, 0) AS size FROM log_entries")
# The whole subtrees that a log of that size consists of: one for each binary digit of its size.
_EDGE = Asked("""
    SELECT s.size, n.level, n.position, n.hash
    FROM (SELECT coalesce(max(index) + 1, 0) AS size FROM log_entries) s LEFT JOIN LATERAL (
        SELECT n.level, n.position, n.hash FROM generate_series(0, 62) l (level)
        JOIN log_nodes n ON n.level = CAST(l.level AS smallint) AND n.position = (s.size >> l.level) - 1
        WHERE s.size >> l.level & 1 = 1) n ON true""")
_NODES = Asked(
    "SELECT n.level, n.position, n.hash FROM log_nodes n"
    " JOIN unnest(CAST(:levels AS smallint[]), CAST(:positions AS bigint[])) AS w (level, position) USING (level, position)"
)
_APPEND = Asked("""
    WITH entry AS (INSERT INTO log_entries SELECT * FROM unnest(CAST(:indexes AS bigint[]), CAST(:kinds AS text[]),
             CAST(:times AS timestamptz[]), CAST(:bodies AS bytea[]))),
         content AS (INSERT INTO log_contents SELECT * FROM unnest(CAST(:indexes AS bigint[]), CAST(:salts AS bytea[]),
             CAST(:contents AS bytea[])))
    INSERT INTO log_nodes SELECT * FROM
        unnest(CAST(:levels AS smallint[]), CAST(:positions AS bigint[]), CAST(:hashes AS bytea[]))""")
_NEWEST = sa.text("SELECT note FROM checkpoints ORDER BY size DESC LIMIT 1")
_SIGNED_AT = sa.text("SELECT signed_at FROM checkpoints ORDER BY size DESC LIMIT 1")
_KEPT = sa.text("SELECT note FROM checkpoints WHERE size = :size")
_KEEP = sa.text("INSERT INTO checkpoints VALUES (:size, :signed_at, :note) ON CONFLICT DO NOTHING")
_ENTRIES = sa.text("""
    SELECT e.index AS at, e.kind, e.body, c.salt, c.content, d.entry_no IS NOT NULL AS decided
    FROM log_entries e LEFT JOIN log_contents c USING (index) LEFT JOIN decisions d ON d.entry_no = e.index
    WHERE e.index >= :start ORDER BY e.index LIMIT :most""")
_CHECKPOINTS = sa.text("SELECT size, note FROM checkpoints ORDER BY size")
_COUNT_NODES = sa.text("SELECT count(*) FROM log_nodes")
_AT_ONCE = 2_000


def one_snapshot(connection: Connection) -> None:
    """See the log as it is now until the transaction ends, whatever is appended meanwhile; the first statement of it."""
    connection.execute(_SNAPSHOT)


def lock_and_edge(connection: Connection) -> tuple[int, dict[tuple[int, int], bytes]]:
    """How many entries the log has, and the whole subtrees at its edge by (level, position); nobody else can append
    until the caller commits.
    """
    # Two statements: the second's snapshot must be taken after the lock is held.
    _, rows = together(connection, (_ALONE, {"key": _LOCK}), (_EDGE, {}))
    edge = {(row.level, row.position): bytes(row.hash) for row in rows if row.hash is not None}
    return int(rows[0].size), edge


def size(connection: Connection) -> int:
    """How many entries the log has."""
    ((found,),) = together(connection, (_SIZE, {}))
    return int(found.size)


def nodes(connection: Connection, names: Sequence[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
    """The kept nodes of these names, (level, position)."""
    if not names:
        return {}
    levels, positions = zip(*names, strict=True)
    (rows,) = together(connection, (_NODES, {"levels": list(levels), "positions": list(positions)}))
    return {(level, position): bytes(found) for level, position, found in rows}


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry to be appended, and its content."""

    index: int
    kind: str
    recorded_at: datetime
    body: bytes
    salt: bytes
    content: bytes


def append(
    connection: Connection,
    entries: Sequence[NewEntry],
    nodes: Mapping[tuple[int, int], bytes],
    along: Sequence[Sent] = (),
) -> list[Rows]:
    """Insert entries, their contents and the nodes that they complete. along: what is sent with it; gives the rows of each."""
    values = {
        "indexes": [it.index for it in entries],
        "kinds": [it.kind for it in entries],
        "times": [it.recorded_at for it in entries],
        "bodies": [it.body for it in entries],
        "salts": [it.salt for it in entries],
        "contents": [it.content for it in entries],
    }
    levels, positions = zip(*nodes, strict=True)
    tree = {"levels": list(levels), "positions": list(positions), "hashes": list(nodes.values())}
    return together(connection, (_APPEND, values | tree), *along)[1:]


def newest_checkpoint(connection: Connection) -> str | None:
    """The checkpoint over the most entries; None before the first."""
    found: str | None = connection.execute(_NEWEST).scalar_one_or_none()
    return found


def newest_signed_at(connection: Connection) -> datetime | None:
    """When the checkpoint over the most entries was signed; None before the first."""
    found: datetime | None = connection.execute(_SIGNED_AT).scalar_one_or_none()
    return found


def checkpoint_of(connection: Connection, size: int) -> str | None:
    """The checkpoint over so many entries, where one was signed."""
    found: str | None = connection.execute(_KEPT, {"size": size}).scalar_one_or_none()
    return found


def keep_checkpoint(connection: Connection, *, size: int, signed_at: datetime, note: str) -> None:
    """Keep a checkpoint; one of the same size that is there stays."""
    connection.execute(_KEEP, {"size": size, "signed_at": signed_at, "note": note})


def entries(connection: Connection) -> Iterator[Any]:
    """Every entry in order: at (its index), kind, body, salt and content (None once erased), whether a decision stands on it."""
    start = 0
    while rows := connection.execute(_ENTRIES, {"start": start, "most": _AT_ONCE}).all():
        yield from rows
        start = int(rows[-1].at) + 1


def checkpoints(connection: Connection) -> list[tuple[int, str]]:
    """Every checkpoint: size and note."""
    return [(row.size, row.note) for row in connection.execute(_CHECKPOINTS)]


def count_nodes(connection: Connection) -> int:
    """How many nodes are kept."""
    return int(connection.execute(_COUNT_NODES).scalar_one())
