"""How long each step of a run took: the processor's own count, never the time of day."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Seconds:
    """Adds up the seconds of named steps and tells ``progress`` when one begins."""

    def __init__(self, progress: Callable[[str], None]) -> None:
        self.by_step: dict[str, float] = {}
        self._progress = progress

    @contextmanager
    def of(self, step: str) -> Iterator[None]:
        """Time what is done inside."""
        self._progress(step)
        start = time.perf_counter()
        try:
            yield
        finally:
            self.by_step[step] = self.by_step.get(step, 0.0) + time.perf_counter() - start
