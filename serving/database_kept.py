"""The embedded database is started again where it ended by itself, while the service runs."""

from __future__ import annotations

import asyncio
import logging

from starlette.concurrency import run_in_threadpool

from feature_store.adapters import embedded
from scoring.errors import LushiError
from serving.wiring import Parts

_LOG = logging.getLogger("lushi")
LOOK_SECONDS = 1.0
"""Seconds between two looks; one reads a file of a few lines."""


async def keep_database(parts: Parts) -> None:
    """Look after the embedded database; never ends. Another one (LUSHI_DATABASE_URL) is its operator's."""
    if parts.settings.database_url:
        return
    folder = parts.settings.data / "postgres"
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        try:
            if await run_in_threadpool(embedded.revive, folder):
                _LOG.warning("the embedded database had ended by itself and was started again")
        except LushiError as error:
            _LOG.warning("the embedded database has ended: %s", error)
