"""Values of ``challenger.json``, each checked as it is taken; a fault is noted and a stand-in given."""

from __future__ import annotations

import math
import re
from typing import Any

MOST_FEATURES = 2_000
MOST_LABEL = 200
"""Longest text, in characters: it travels in every answer."""
_HASH = re.compile(r"[0-9a-f]{64}")


class FaultyFields:
    """Takes values and notes every fault, so that all are named at once."""

    def __init__(self) -> None:
        self._faults: list[str] = []

    def _edges(self, given: object, bins: int, key: str) -> tuple[float, ...]:
        """Inner limits of so many bins, from the inner ones or from all of them."""
        # The outermost limits may be infinite; they say nothing and are dropped.
        edges = given[1:-1] if isinstance(given, list) and len(given) == bins + 1 else given
        found = self._numbers(edges, key)
        if len(found) != bins - 1 or list(found) != sorted(found):
            self._faults.append(f"'{key}' are not ascending limits of {bins} bins")
        return found

    def _numbers(self, given: object, key: str) -> tuple[float, ...]:
        if not isinstance(given, list) or len(given) > MOST_FEATURES:
            self._faults.append(f"'{key}' is missing or not a list")
            return ()
        return tuple(self._number({key: one}, key) for one in given)

    def _number(self, within: dict[str, Any], key: str) -> float:
        value = within.get(key)
        if isinstance(value, int | float) and not isinstance(value, bool):
            try:
                if math.isfinite(found := float(value)):
                    return found
            except OverflowError:
                pass
        self._faults.append(f"'{key}' is not a finite number")
        return 1.0

    def _text(self, within: dict[str, Any], key: str) -> str:
        value = within.get(key)
        # A lone surrogate is text to JSON but cannot be written, so it would spoil the entry; controls neither.
        if isinstance(value, str) and 0 < len(value) <= MOST_LABEL and value.isprintable():
            return value
        self._faults.append(f"'{key}' is not a text of 1 to {MOST_LABEL} printable characters")
        return "?"

    def _hash(self, within: dict[str, Any], key: str) -> str:
        value = within.get(key)
        if isinstance(value, str) and _HASH.fullmatch(value):
            return value
        self._faults.append(f"'{key}' is not a SHA-256")
        return ""
