"""One append-only log: entries appended one after another, without gaps, in the transaction of their cause."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from feature_store.adapters import log_tables
from feature_store.adapters.log_tables import Connection
from feature_store.adapters.together import Rows, Sent
from serving.ledger import tree
from serving.ledger.commitment import body_of, commitment, new_salt


@dataclass(frozen=True, slots=True)
class Appended:
    """An entry as it stands in the log once its transaction commits."""

    index: int
    body: bytes
    salt: bytes


def append(connection: Connection, *, kind: str, recorded_at: datetime, content: bytes) -> Appended:
    """Append an entry that commits to ``content`` (canonical bytes); nobody else appends until the caller commits."""
    ((found,), _) = append_each(connection, [content], kind=kind, recorded_at=recorded_at)
    return found


def append_each(
    connection: Connection,
    contents: Sequence[bytes],
    *,
    kind: str,
    recorded_at: datetime,
    along: Callable[[int], Sequence[Sent]] = lambda _: (),
) -> tuple[list[Appended], list[Rows]]:
    """Append an entry for each content, one after the other, as :func:`append` would one by one.

    along: from the first entry's index, statements that are sent with them, so that others wait the less for their turn; their
    rows are given beside the entries.
    """
    first, left = log_tables.lock_and_edge(connection)
    new: list[log_tables.NewEntry] = []
    nodes: dict[tree.Name, bytes] = {}

    def node(level: int, position: int) -> bytes:
        return nodes.get((level, position)) or left[level, position]

    for index, content in enumerate(contents, start=first):
        salt = new_salt()
        body = body_of(kind, recorded_at, commitment(content, salt))
        nodes |= tree.completed(index, tree.leaf_hash(body), node)
        new.append(log_tables.NewEntry(index, kind, recorded_at, body, salt, content))
    rows = log_tables.append(connection, new, nodes, along(first))
    return [Appended(it.index, it.body, it.salt) for it in new], rows
