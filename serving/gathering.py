"""Work gathered into groups: whatever waits while a group is at work forms the next one.

There is no timer: work that finds nobody at it is begun at once. What waits too long is given back undone.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import Generic, TypeVar

from serving.turns import PATIENCE_SECONDS, TooBusy

Asked = TypeVar("Asked")
Found = TypeVar("Found")


_Waiting = tuple[Asked, Future[Found]]


class Gatherer(Generic[Asked, Found]):
    """Does what is asked from many threads, several at a time.

    work: what was found for each of a group, or why there is nothing, in their order; None for one of several that is to be worked
    on alone, once the others have their answers. at_once: groups at work, each on a thread of
    its own: while one waits for the database, another computes. most: in a group. apart: what two of a group, or of
    groups at work at once, may not share; of those that do the first comes first.
    """

    def __init__(
        self,
        work: Callable[[Sequence[Asked]], Sequence[Found | Exception | None]],
        *,
        at_once: int,
        most: int,
        apart: Callable[[Asked], frozenset[Hashable]] = lambda _: frozenset(),
    ) -> None:
        self._work, self._at_once, self._most, self._apart = work, at_once, most, apart
        self._lock = Lock()
        self._waiting: list[_Waiting[Asked, Found]] = []
        self._taken: set[Hashable] = set()
        """What those at work share with nobody."""
        self._busy = 0
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="gathered")

    def put(self, asked: Asked) -> Future[Found]:
        """What will be found; a future that is cancelled in time is never begun."""
        future: Future[Found] = Future()
        with self._lock:
            self._waiting.append((asked, future))
            start = self._busy < self._at_once
            self._busy += start
        if start:
            self._threads.submit(self._go_on)
        return future

    def _go_on(self) -> None:
        """Do group after group until nothing waits that this thread may begin."""
        while group := self._next():
            until = time.monotonic() + PATIENCE_SECONDS
            again = self._do(group)
            for one in again:
                if time.monotonic() > until:
                    self._over(one, TooBusy())
                else:
                    self._do([one])

    def _do(self, group: Sequence[_Waiting[Asked, Found]]) -> list[_Waiting[Asked, Found]]:
        """Work on a group and hand out what was found; what is to be worked on alone."""
        outcomes: Sequence[Found | Exception | None]
        try:
            outcomes = self._work([asked for asked, _ in group])
        except Exception as error:
            outcomes = [error] * len(group)
        again = []
        for one, outcome in zip(group, outcomes, strict=True):
            if outcome is None:
                again.append(one)
            else:
                self._over(one, outcome)
        return again

    def _over(self, one: _Waiting[Asked, Found], outcome: Found | Exception) -> None:
        asked, future = one
        with self._lock:
            self._taken -= self._apart(asked)
        if isinstance(outcome, Exception):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)

    def _next(self) -> list[_Waiting[Asked, Found]]:
        with self._lock:
            group: list[_Waiting[Asked, Found]] = []
            later: list[_Waiting[Asked, Found]] = []
            meets = set(self._taken)
            for asked, future in self._waiting:
                apart = self._apart(asked)
                if len(group) == self._most or not meets.isdisjoint(apart):
                    later.append((asked, future))
                elif future.set_running_or_notify_cancel():
                    group.append((asked, future))
                    self._taken |= apart
                else:
                    continue
                meets |= apart  # also of what must wait: whatever meets it comes after it
            self._waiting = later
            self._busy -= not group
            return group


async def gathered(future: Future[Found], *, patience_seconds: float = PATIENCE_SECONDS) -> Found:
    """What was found, awaited without a thread.

    Raises:
        TooBusy: where it was not begun in time; then nothing was done.
    """
    late = asyncio.get_running_loop().call_later(patience_seconds, future.cancel)
    try:
        return await asyncio.wrap_future(future)
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if future.cancelled() and not (task and task.cancelling()):
            raise TooBusy from None
        raise
    finally:
        late.cancel()
