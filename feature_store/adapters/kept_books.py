"""Villages' loan books as they were stated, each read once and kept for as long as nothing new is recorded."""

from __future__ import annotations

from datetime import date, datetime
from threading import Lock

import sqlalchemy as sa

from feature_store.adapters import read_areas
from feature_store.adapters.read_areas import MonthRow
from scoring.policy.schema import Policy

_Key = tuple[str, str, date, datetime | None]
_MOST_KEPT = 4096


class KeptBooks:
    """Books by policy, village, day and version of what they rest on, read once per process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: dict[_Key, list[MonthRow]] = {}

    def keep(self, village_code: str, *, on: date, version: datetime | None, policy: Policy) -> bool:
        """Whether a village's book is kept."""
        return (policy.sha256, village_code, on, version) in self._kept

    def of(
        self,
        connection: sa.Connection,
        village_code: str,
        *,
        on: date,
        known_at: datetime,
        version: datetime | None,
        policy: Policy,
    ) -> list[MonthRow]:
        """The village's month ends, oldest first. version: :func:`read_areas.book_version` at that time."""
        key = (policy.sha256, village_code, on, version)
        with self._lock:
            book = self._kept.get(key)
        if book is None:
            found = read_areas.month_ends(
                connection, on=on, known_at=known_at, classes=policy.areas.classes, within=village_code, carried=False
            )
            book = found.get(village_code, [])
            with self._lock:
                if len(self._kept) >= _MOST_KEPT:
                    self._kept.clear()
                self._kept[key] = book
        return book
