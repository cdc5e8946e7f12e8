"""One append-only log: entries appended one after another, without gaps, in the transaction of their cause."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from feature_store.adapters import log_tables
from feature_store.adapters.log_tables import Connection
from feature_store.adapters.together import Rows, Sent
from serving.ledger import tree
from serving.ledger.commitment import body_of, commitment, new_salt


@dataclass(frozen=True, slots=True)
class Appended:
    """An entry as it stands in the log once its transaction commits. along: rows of the statement sent with it."""

    index: int
    body: bytes
    salt: bytes
    along: Rows = ()


def append(
    connection: Connection,
    *,
    kind: str,
    recorded_at: datetime,
    content: bytes,
    along: Callable[[int], Sent] | None = None,
) -> Appended:
    """Append an entry that commits to ``content`` (canonical bytes); nobody else appends until the caller commits.

    along: from the entry's index, a statement that is sent with it, so that others wait the less for their turn.
    """
    index, left = log_tables.lock_and_edge(connection)
    salt = new_salt()
    body = body_of(kind, recorded_at, commitment(content, salt))
    leaf = tree.leaf_hash(body)
    rows = log_tables.append(
        connection,
        index=index,
        kind=kind,
        recorded_at=recorded_at,
        body=body,
        salt=salt,
        content=content,
        nodes=tree.completed(index, leaf, lambda *name: left[name]),
        along=[along(index)] if along else (),
    )
    return Appended(index, body, salt, rows[0] if rows else ())
