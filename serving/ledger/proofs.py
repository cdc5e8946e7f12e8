"""Checkpoints and proofs over the log as it stands."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from feature_store.adapters import log_tables
from feature_store.adapters.log_tables import Connection
from scoring.errors import LushiError
from serving.ledger import tree
from serving.ledger.checkpoint import Signer, size_of

Found = TypeVar("Found")


class NoSuchProof(LushiError):
    """A proof about entries or sizes that the log does not have."""


def sign(connection: Connection, signer: Signer, now: datetime) -> str:
    """The checkpoint over everything committed so far, signed and kept where there is none of that size yet."""
    size = log_tables.size(connection)
    note = log_tables.checkpoint_of(connection, size)
    if note is None:
        note = signer.sign(size, root(connection, size))
        log_tables.keep_checkpoint(connection, size=size, signed_at=now, note=note)
    return note


def root(connection: Connection, size: int) -> bytes:
    """The root over the first ``size`` entries."""
    return _read(connection, lambda node: tree.root(size, node))


def holds(connection: Connection, signer: Signer, note: str) -> bool:
    """Whether a checkpoint is what the log, read anew from its nodes, and the key sign."""
    covered = size_of(note)
    try:
        return covered <= log_tables.size(connection) and note == signer.sign(covered, root(connection, covered))
    except KeyError:  # a node is missing
        return False


def inclusion(connection: Connection, index: int, note: str) -> dict[str, Any]:
    """The proof that entry ``index`` is under the checkpoint ``note``, as it is answered.

    Raises:
        NoSuchProof: where the checkpoint does not reach the entry.
    """
    size = size_of(note)
    if not 0 <= index < size:
        raise NoSuchProof(f"the log has {size} entries; ask for an index from 0 on, below that")
    path = _read(connection, lambda node: tree.inclusion(index, size, node))
    return {"index": index, "size": size, "path": _coded(path), "checkpoint": note}


def consistency(connection: Connection, first: int, second: int) -> dict[str, Any]:
    """The proof that the log of ``second`` entries extends the one of ``first``, as it is answered.

    Raises:
        NoSuchProof: where the log never had these sizes in this order.
    """
    size = log_tables.size(connection)
    if not 0 <= first <= second <= size:
        raise NoSuchProof(f"the log has {size} entries; ask for sizes with 0 <= first <= second <= {size}")
    path = _read(connection, lambda node: tree.consistency(first, second, node))
    return {"first": first, "second": second, "path": _coded(path)}


def _read(connection: Connection, build: Callable[[tree.Node], Found]) -> Found:
    """Build from the nodes that it needs, fetched in one query."""
    kept = log_tables.nodes(connection, tree.names(build))
    return build(lambda *name: kept[name])


def _coded(path: list[bytes]) -> list[str]:
    return [base64.b64encode(step).decode() for step in path]
