"""Checkpoints of the log: signed now, or again and again while the service runs."""

from __future__ import annotations

import asyncio
import logging

from starlette.concurrency import run_in_threadpool

from scoring.errors import LushiError
from serving.ledger import proofs
from serving.wiring import Parts

_LOG = logging.getLogger("lushi")


def checkpoint_now(parts: Parts) -> str:
    """The signed checkpoint over everything recorded so far; raises :class:`StoreUnavailable`."""
    with parts.store.writing() as connection:
        return proofs.sign(connection, parts.signer, parts.clock.now())


async def keep_signing(parts: Parts) -> None:
    """Sign every ``LUSHI_CHECKPOINT_SECONDS``, so that receipts name a checkpoint that is not old; never ends."""
    while True:
        await asyncio.sleep(parts.settings.checkpoint_seconds)
        try:
            await run_in_threadpool(checkpoint_now, parts)
        except LushiError as error:
            _LOG.warning("no checkpoint was signed: %s", error)
