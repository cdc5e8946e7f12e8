"""The sensitivity of a policy in a process of its own, reading each unchanged file once instead of a thousand times."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from scoring.policy import load
from scoring.probe import Effect, sensitivity


def sensitivity_of(texts: Mapping[str, str]) -> list[Effect]:
    """As :func:`scoring.probe.sensitivity`. For a worker process only: the loader's reader stays replaced in it."""
    load.parse = lru_cache(maxsize=32)(load.parse)  # type: ignore[attr-defined]  # trees are read, never changed
    return sensitivity(texts)
