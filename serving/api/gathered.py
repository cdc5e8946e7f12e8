"""A call's decision, awaited without a thread of its own."""

from __future__ import annotations

import asyncio

from serving.decisions.gather import Gatherer
from serving.decisions.request import Call
from serving.ledger.entries import Entry
from serving.turns import PATIENCE_SECONDS, TooBusy


async def decided(gatherer: Gatherer, call: Call, *, patience_seconds: float = PATIENCE_SECONDS) -> Entry:
    """The decision on a call.

    Raises:
        TooBusy: where it was not begun in time; then nothing is recorded.
        KeyInUse, and what :func:`serving.decisions.decide.decide` raises.
    """
    future = gatherer.put(call)
    late = asyncio.get_running_loop().call_later(patience_seconds, future.cancel)
    try:
        return await asyncio.wrap_future(future)
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if future.cancelled() and not (task and task.cancelling()):
            raise TooBusy("too many calls are being decided at once; try again shortly") from None
        raise
    finally:
        late.cancel()
