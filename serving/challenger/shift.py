"""Whether recent scores are still distributed as at training: the population stability index."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, deque
from threading import Lock

import numpy as np

from scoring.metrics.psi import psi
from scoring.opinion import Shift
from serving.challenger.about import About

WINDOW, LEAST = 1_000, 200
"""How many of the last opinions count, and from how many on the index is stated."""


class ShiftWatch:
    """The last PDs that one model gave in this process, by the bins of its training."""

    def __init__(self, about: About) -> None:
        self._edges, self._shares = about.score_edges, about.score_shares
        self._lock = Lock()
        self._last: deque[int] = deque()
        self._counts: Counter[int] = Counter()

    def seen(self, pd: float) -> None:
        """Count one more opinion."""
        if not self._shares:
            return
        place = bisect_left(self._edges, pd)
        with self._lock:
            self._last.append(place)
            self._counts[place] += 1
            if len(self._last) > WINDOW:
                self._counts[self._last.popleft()] -= 1

    def shift(self) -> Shift | None:
        """The index over the last opinions; None where there are too few or training stated no bins."""
        with self._lock:
            total, counts = len(self._last), [self._counts[place] for place in range(len(self._shares))]
        if total < LEAST:
            return None
        return Shift(psi(np.array(self._shares), np.array(counts) / total), total)
