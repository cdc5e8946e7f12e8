"""The embedded database is started again where it ended by itself, while the service runs."""

from __future__ import annotations

import asyncio

from starlette.concurrency import run_in_threadpool

from feature_store.adapters import embedded
from scoring.errors import LushiError
from serving.settings import Settings
from serving.telemetry.logs import get_logger, said
from serving.wiring import Parts

_LOG = get_logger("lushi.database")
LOOK_SECONDS = 1.0
"""Seconds between two looks; one reads a file of a few lines."""


async def keep_database(parts: Parts) -> None:
    """Look after the embedded database; never ends. Another one (LUSHI_DATABASE_URL) is its operator's."""
    while not parts.settings.database_url:
        await asyncio.sleep(LOOK_SECONDS)
        await run_in_threadpool(look_after, parts.settings)


def look_after(settings: Settings) -> None:
    """Start the embedded database again where it has ended; with several workers their supervisor does it."""
    if settings.database_url:
        return
    try:
        if embedded.revive(settings.data / "postgres"):
            _LOG.warning("the embedded database had ended by itself and was started again")
    except LushiError as error:
        _LOG.warning("the embedded database has ended", why=said(error))
