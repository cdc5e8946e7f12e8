"""One thread for the model's work, waited for no longer than allowed.

LightGBM cannot be interrupted, so work that takes too long is left to itself: until it ends, whoever
asks next is told at once that the thread is busy. The thread is a daemon: it never keeps a process alive.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class TimedOut(Exception):
    """The work was not done in time; it goes on."""


class Busy(Exception):
    """Earlier work that was not done in time still goes on."""


class Deadline:
    """A moment so many milliseconds from now, on the clock that only runs forward."""

    def __init__(self, within_ms: int) -> None:
        self._at = time.monotonic() + within_ms / 1000

    @property
    def left_seconds(self) -> float:
        """Seconds left; 0 where it has passed."""
        return max(self._at - time.monotonic(), 0.0)

    @property
    def left_ms(self) -> int:
        """Whole milliseconds left, at least 1."""
        return max(int(self.left_seconds * 1000), 1)


class _Job(Generic[T]):
    def __init__(self, work: Callable[[], T], *, droppable: bool) -> None:
        self._work, self._droppable = work, droppable
        # A bare lock, held until the work is done: waking who waits costs half of what an Event does.
        self._open = Lock()
        self._open.acquire()
        self._found: T | None = None
        self._failed: BaseException | None = None
        self.overdue = False

    def run(self) -> None:
        try:
            if not (self.overdue and self._droppable):
                self._found = self._work()
        except BaseException as error:
            self._failed = error
        self._open.release()

    def wait(self, seconds: float) -> T:
        if not self._open.acquire(timeout=seconds):
            self.overdue = True
            raise TimedOut
        if self._failed is not None:
            raise self._failed
        return self._found  # type: ignore[return-value]  # the work's own, which may be None


class Worker:
    """Runs one piece of work after the other on a thread of its own, until closed."""

    def __init__(self) -> None:
        self._jobs: SimpleQueue[_Job[Any] | None] = SimpleQueue()
        self._running: _Job[Any] | None = None
        Thread(target=self._work, name="challenger", daemon=True).start()

    def run(self, work: Callable[[], T], deadline: Deadline, *, droppable: bool = True) -> T:
        """What the work returns, or what it raises.

        droppable: work not yet begun by the deadline is not done at all.

        Raises:
            TimedOut: where it is not done by the deadline.
            Busy: where earlier work is overdue.
        """
        running = self._running
        if running is not None and running.overdue:
            raise Busy
        job = _Job(work, droppable=droppable)
        self._jobs.put(job)
        return job.wait(deadline.left_seconds)

    def close(self) -> None:
        """Let the thread end once its work is done."""
        self._jobs.put(None)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            self._running = job
            job.run()
            self._running = None
