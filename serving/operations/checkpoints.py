"""Checkpoints of the log, signed on demand."""

from __future__ import annotations

from serving.ledger import proofs
from serving.wiring import Parts


def checkpoint_now(parts: Parts) -> str:
    """The signed checkpoint over everything recorded so far; raises :class:`StoreUnavailable`."""
    with parts.store.writing() as connection:
        return proofs.sign(connection, parts.signer, parts.clock.now())
