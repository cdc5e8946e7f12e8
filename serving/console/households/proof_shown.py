"""An entry's place in the log as a page shows it: what stands there, and the hashes that lead to the signed root."""

from __future__ import annotations

from dataclasses import dataclass

from feature_store.adapters.log_tables import Connection
from serving.ledger import proofs, tree
from serving.ledger.checkpoint import size_of
from serving.ledger.entries import Entry


@dataclass(frozen=True, slots=True)
class Proof:
    """leaf_hash: hexadecimal. path: Base64, from the leaf upwards; empty where only the receipt is shown.

    covered: entries under the receipt's own checkpoint; None before the first one was signed. checkpoint: the newest one.
    """

    index: int
    leaf_hash: str
    covered: int | None
    checkpoint: str | None
    size: int | None
    path: list[str]


def proof_of(connection: Connection | None, entry: Entry, note: str | None) -> Proof:
    """The receipt of an entry, with its inclusion under a checkpoint where a connection and one are given.

    Raises:
        NoSuchProof: where the checkpoint does not reach the entry.
    """
    path: list[str] = []
    if connection is not None and note is not None:
        path = list(proofs.inclusion(connection, entry.entry_no, note)["path"])
    return Proof(
        index=entry.entry_no,
        leaf_hash=tree.leaf_hash(entry.body).hex(),
        covered=size_of(entry.checkpoint) if entry.checkpoint else None,
        checkpoint=note or entry.checkpoint,
        size=size_of(note) if note else None,
        path=path,
    )
