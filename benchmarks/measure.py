"""Paired timing: ours and a peer's run in turn, the ratio of each pair, the median quoted."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Paired:
    """Seconds of ours and of the peer, and peer / ours: how many times faster ours is."""

    ours: float
    peer: float
    ratio: float
    low: float
    high: float


def paired(ours: Callable[[], object], peer: Callable[[], object], *, runs: int = 7) -> Paired:
    """Time both in turn, ``runs`` times after one warm-up; CPU seconds of this process."""
    ours(), peer()
    pairs = [(_seconds(ours), _seconds(peer)) for _ in range(runs)]
    ratios = [theirs / mine for mine, theirs in pairs]
    mine, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
    return Paired(mine, theirs, statistics.median(ratios), min(ratios), max(ratios))


def _seconds(run: Callable[[], object]) -> float:
    start = time.process_time()
    run()
    return time.process_time() - start
