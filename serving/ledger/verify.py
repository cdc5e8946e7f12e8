"""The whole log checked against itself: every entry, node, content and checkpoint, in one pass."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from hmac import compare_digest
from typing import Any

from feature_store.adapters import log_tables
from feature_store.adapters.log_tables import Connection
from scoring.canonical import canonical
from serving.ledger import tree
from serving.ledger.checkpoint import Signer
from serving.ledger.commitment import commitment

MOST_FAULTS = 100
_AT_ONCE = 2_000
"""Nodes compared in one query."""


@dataclass(slots=True)
class Verified:
    """What was found. size: entries; root: over all of them; erased: contents that are gone; faults: in words."""

    size: int = 0
    root: bytes = tree.EMPTY
    erased: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    checkpoints: int = 0
    faults: list[str] = field(default_factory=list)

    def fault(self, words: str) -> None:
        """Add a fault; after a hundred more of them say nothing new."""
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(words)


def verify(connection: Connection, signer: Signer, progress: Callable[[int], None] = lambda _: None) -> Verified:
    """Recompute everything from the entries' bytes; reads only.

    connection: where others append meanwhile, one that sees one snapshot (:func:`log_tables.one_snapshot`).

    What it cannot see: a log that was rewritten as a whole with its key. For that a bank keeps checkpoints.
    """
    found, nodes = Verified(), _Nodes(connection)
    signed = dict(log_tables.checkpoints(connection))
    roots = {0: tree.EMPTY}
    for row in log_tables.entries(connection):
        if row.at != found.size:
            found.fault(f"entry {found.size} is missing: the next one is {row.at}")
            break
        _entry(row, found)
        nodes.append(row.at, tree.leaf_hash(bytes(row.body)), found)
        found.size += 1
        if found.size in signed:
            roots[found.size] = nodes.root(found.size)
        progress(found.size)
    nodes.compare(found)
    found.root = nodes.root(found.size)
    kept = log_tables.count_nodes(connection)
    if kept != nodes.made:
        found.fault(f"{kept} nodes are kept where {nodes.made} belong to {found.size} entries")
    for size, note in signed.items():
        found.checkpoints += 1
        if size not in roots or note != signer.sign(size, roots[size]):
            found.fault(f"the checkpoint over {size} entries is not what this log and key sign")
    return found


class _Nodes:
    """The tree made anew. edge: the nodes that the next entries and the root need, some dozens however long the log is."""

    def __init__(self, connection: Connection) -> None:
        self.made = 0
        self._connection = connection
        self._edge: dict[tree.Name, bytes] = {}
        self._waiting: dict[tree.Name, bytes] = {}

    def append(self, index: int, leaf: bytes, found: Verified) -> None:
        """Add a leaf; its nodes are compared with those that are kept, many at a time."""
        fresh = tree.completed(index, leaf, lambda *name: self._edge[name])
        self.made += len(fresh)
        self._waiting.update(fresh)
        self._edge.update(fresh)
        needed = tree.names(lambda node: tree.root(index + 1, node))
        self._edge = {name: self._edge[name] for name in needed}
        if len(self._waiting) >= _AT_ONCE:
            self.compare(found)

    def root(self, size: int) -> bytes:
        """The root over the leaves so far."""
        return tree.root(size, lambda *name: self._edge[name])

    def compare(self, found: Verified) -> None:
        """Hold the nodes made since the last time against those that are kept."""
        kept = log_tables.nodes(self._connection, list(self._waiting))
        for name, expected in self._waiting.items():
            if kept.get(name) != expected:
                found.fault(f"the node at level {name[0]}, position {name[1]} is missing or wrong")
        self._waiting.clear()


def _entry(row: Any, found: Verified) -> None:
    found.kinds[row.kind] = found.kinds.get(row.kind, 0) + 1
    said = _said(bytes(row.body))
    if said.get("kind") != row.kind:
        found.fault(f"entry {row.at} is not written as entries are")
    if (row.kind == "decision") != row.decided:
        found.fault(f"entry {row.at} and the table of decisions do not belong together")
    if row.content is None:
        found.erased += 1
    elif not compare_digest(str(said.get("commitment")), commitment(bytes(row.content), bytes(row.salt))):
        found.fault(f"the content of entry {row.at} is not what the entry commits to")


def _said(body: bytes) -> dict[str, Any]:
    """What an entry says; nothing where it is not written as entries are."""
    try:
        said = json.loads(body)
        return said if isinstance(said, dict) and canonical(said) == body else {}
    except (ValueError, TypeError, RecursionError):
        return {}
