"""Complete lists over a village: which one each source filed last, read once and kept for as long as nothing new is recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from datetime import date, datetime
from threading import Lock
from typing import Any

import sqlalchemy as sa

from feature_store.adapters.together import Asked, together
from scoring.policy.schema import Policy

_LISTS = Asked("""
    SELECT v.village_code, v.day, s.source, b.batch_no, b.observed_on, b.recorded_at
    FROM unnest(CAST(:villages AS text[]), CAST(:days AS date[])) AS v (village_code, day)
    CROSS JOIN unnest(CAST(:clear AS text[])) AS s(source) CROSS JOIN LATERAL (
        SELECT b.batch_no, b.observed_on, b.recorded_at FROM batches b
        WHERE b.source = s.source AND b.coverage = 'complete'
          AND EXISTS (SELECT FROM unnest(b.areas) AS a(code) WHERE starts_with(v.village_code, a.code))
          AND b.observed_on <= v.day AND b.recorded_at <= :known_at
        ORDER BY b.observed_on DESC, b.recorded_at DESC, b.batch_no DESC LIMIT 1) b""")
_Where = tuple[str, date]
Lists = Mapping[str, Any]
"""Source to the batch that is its last complete list: batch_no, observed_on, recorded_at."""
ListsOf = Callable[[Set[_Where]], Mapping[_Where, Lists]]
"""The lists over villages on days, by (village, day)."""
_MOST_KEPT = 8192


class KeptLists:
    """Lists by policy, version of what was recorded, village and day, read once per process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: dict[tuple[str, datetime], dict[_Where, Lists]] = {}

    def reader(
        self, connection: sa.Connection, *, known_at: datetime, version: datetime | None, policy: Policy
    ) -> ListsOf:
        """What reads lists as known at a time.

        version: when a batch was last recorded by then, so that lists of the same version are the same; None to keep none.
        """

        def lists(wanted: Set[_Where]) -> Mapping[_Where, Lists]:
            kept = self._kept.get((policy.sha256, version), {}) if version is not None else {}
            found = {where: kept[where] for where in wanted if where in kept}
            if unread := sorted(wanted - found.keys()):
                read = _read(connection, unread, known_at=known_at, policy=policy)
                found |= read
                if version is not None:
                    self._keep((policy.sha256, version), read)
            return found

        return lists

    def _keep(self, key: tuple[str, datetime], read: Mapping[_Where, Lists]) -> None:
        with self._lock:
            kept = self._kept.get(key, {})
            if len(kept) > _MOST_KEPT:
                kept = {}
            # A new dictionary, never a changed one: threads that hold the old one go on reading it. Older versions go.
            before = {of: it for of, it in self._kept.items() if of[1] == key[1]}
            self._kept = before | {key: {**kept, **read}}


def _read(
    connection: sa.Connection, wanted: list[_Where], *, known_at: datetime, policy: Policy
) -> dict[_Where, dict[str, Any]]:
    values = {
        "villages": [village for village, _ in wanted],
        "days": [day for _, day in wanted],
        "clear": [source.id for source in policy.sources if source.clear],
        "known_at": known_at,
    }
    found: dict[_Where, dict[str, Any]] = {where: {} for where in wanted}
    (rows,) = together(connection, (_LISTS, values))
    for row in rows:
        found[row.village_code, row.day][row.source] = row
    return found
