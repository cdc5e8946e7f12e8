"""Checkpoints of the log: signed now, or again and again while the service runs."""

from __future__ import annotations

import asyncio

from starlette.concurrency import run_in_threadpool

from scoring.errors import LushiError
from serving.ledger import proofs
from serving.telemetry.logs import get_logger, said
from serving.telemetry.metrics import CHECKPOINTS
from serving.wiring import Parts

_LOG = get_logger("lushi.checkpoints")


def checkpoint_now(parts: Parts) -> str:
    """The signed checkpoint over everything recorded so far; raises :class:`StoreUnavailable`."""
    with parts.store.looking(parts.clock.now()) as moment:
        return proofs.sign(moment.connection, parts.signer, parts.clock.now())


async def keep_signing(parts: Parts) -> None:
    """Sign every ``LUSHI_CHECKPOINT_SECONDS``, so that receipts name a checkpoint that is not old; never ends."""
    while True:
        await asyncio.sleep(parts.settings.checkpoint_seconds)
        try:
            await run_in_threadpool(checkpoint_now, parts)
        except LushiError as error:
            CHECKPOINTS.labels("failed").inc()
            _LOG.warning("no checkpoint was signed", why=said(error))
        else:
            CHECKPOINTS.labels("signed").inc()
