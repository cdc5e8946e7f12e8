"""One append-only log: entries appended one after another, without gaps, in the transaction of their cause."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from feature_store.adapters import log_tables
from feature_store.adapters.log_tables import Connection
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
    index = log_tables.lock_and_size(connection)
    salt = new_salt()
    body = body_of(kind, recorded_at, commitment(content, salt))
    leaf = tree.leaf_hash(body)
    left = log_tables.nodes(connection, tree.names(lambda node: tree.completed(index, leaf, node)))
    log_tables.append(
        connection,
        index=index,
        kind=kind,
        recorded_at=recorded_at,
        body=body,
        salt=salt,
        content=content,
        nodes=tree.completed(index, leaf, lambda *name: left[name]),
    )
    return Appended(index, body, salt)
