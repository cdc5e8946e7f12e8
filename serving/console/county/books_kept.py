"""While the service runs: the county's loan books kept at hand, since to read them takes seconds, and files that waited too long removed."""

from __future__ import annotations

import asyncio

from starlette.concurrency import run_in_threadpool

from serving.county.county_books import KeptCountyBooks, look_after
from serving.county.waiting_files import sweep
from serving.telemetry.logs import get_logger, said
from serving.wiring import Parts

LOOK_SECONDS = 10.0
"""Seconds between two looks for new books; one asks for the time of the newest."""
_LOG = get_logger("lushi.console")


async def keep_books(parts: Parts, books: KeptCountyBooks) -> None:
    """Look after the books and the files that wait; never ends."""
    while True:
        try:
            await run_in_threadpool(look_after, parts, books)
            await run_in_threadpool(sweep, parts)
        except Exception as error:  # the next look may go well, and whoever opens a page reads them then
            _LOG.warning("the county's books could not be looked after", why=said(error))
        await asyncio.sleep(LOOK_SECONDS)
