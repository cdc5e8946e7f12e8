"""Turns: how many groups of calls one process decides at once.

Deciding is mostly computing and short questions to the database, so two at once keep the processors busy: while one waits for
the database, the other computes. More only wait for each other while they hold connections, and make the groups smaller.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Semaphore

from scoring.errors import LushiError

AT_ONCE = 2
PATIENCE_SECONDS = 5.0
"""Longest that a call waits to be begun: as long as it would wait for the database."""


class TooBusy(LushiError):
    """A call that did not get its turn in time; nothing of it was done."""

    def __init__(self) -> None:
        super().__init__("too many calls are being decided at once; try again shortly")


class Turns:
    """So many turns at once; whoever waits gets one in the order of coming."""

    def __init__(self, at_once: int = AT_ONCE, *, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._free, self._patience = Semaphore(at_once), patience_seconds

    @contextmanager
    def taken(self) -> Iterator[None]:
        """A turn, until the block ends.

        Raises:
            TooBusy: where none came free in time.
        """
        if not self._free.acquire(timeout=self._patience):
            raise TooBusy
        try:
            yield
        finally:
            self._free.release()
