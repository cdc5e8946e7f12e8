"""Which indicators a batch's codes stand for; written once with the batch, so it may be remembered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import sqlalchemy as sa

_ORDER = sa.text("SELECT batch_no, indicators FROM batches WHERE batch_no = ANY(:numbers) AND recorded_at IS NOT NULL")
_MOST_KEPT = 4096


class Layouts:
    """The order of codes by batch number, read once per process."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[str, ...]] = {}

    def of(self, connection: sa.Connection, batches: Iterable[int]) -> Mapping[int, tuple[str, ...]]:
        """Batch number to indicator ids, in the order of the batch's codes; for at least these batches."""
        wanted = set(batches)
        kept = self._kept
        unread = wanted - kept.keys()
        if unread:
            rows = connection.execute(_ORDER, {"numbers": list(unread)})
            found = {row.batch_no: tuple(row.indicators) for row in rows}
            if len(kept) > _MOST_KEPT:
                kept = {number: kept[number] for number in wanted - unread}
            # A new dictionary, never a changed one: threads that hold the old one go on reading it.
            kept = kept | found
            self._kept = kept
        return kept
