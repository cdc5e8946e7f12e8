"""How much a caller may ask for: a bucket of calls in the database, shared by every process of the service."""

from __future__ import annotations

import math

from feature_store.adapters import rates
from feature_store.adapters.log_tables import Connection
from scoring.errors import LushiError
from serving.access.callers import Caller
from serving.wiring import Parts

BURST = 5
"""Seconds' worth of calls that a caller may make at once."""


class TooManyCalls(LushiError):
    """A caller that has made all the calls it may make for now. seconds: until it may go on."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__("this caller asks for too much at once; wait as Retry-After says and go on more slowly")


def take(connection: Connection, caller: Caller, *, rate: int) -> bool:
    """Count one call; False where none is left. rate: calls a second in the long run. The caller of this function commits."""
    return rates.take(connection, caller.client_id, rate=rate, burst=rate * BURST)


def take_items(parts: Parts, caller: Caller, items: int) -> None:
    """Count a call's items as so many calls, the call itself having been counted as one.

    A call with more items than a full bucket holds takes the whole of it: it is possible, once in a while.

    Raises:
        TooManyCalls: where so many are not left; none is taken then.
        StoreUnavailable: where the database is away.
    """
    rate = parts.settings.calls_per_second
    more = min(items, rate * BURST) - 1
    if more < 1:
        return
    with parts.store.writing() as connection:
        if not rates.take(connection, caller.client_id, rate=rate, burst=rate * BURST, calls=more):
            raise TooManyCalls(math.ceil((more + 1) / rate))
