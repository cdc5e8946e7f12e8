"""Statements sorted so that the as-of rule is a search and a few steps back, for many rows at once.

A statement belongs to a key (a household, a list's areas), is true on a day and was recorded in a
batch. Days and recording ranks order a key's statements; of those true by a row's day the last one
recorded by the row's knowledge time counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

NOBODY = -1
"""The position that stands for no statement."""
DAYS = 2**22
"""Key and day in one number: key times this, plus the day's ordinal."""
_UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# rank: recording times are unique, so a batch's rank stands for its time.
_BATCHES = sa.text("""
    SELECT batch_no, source, observed_on, coverage, areas, indicators, n_rows, first_seq, last_seq, earliest_on,
           latest_on, recorded_at, row_number() OVER (ORDER BY recorded_at) - 1 AS recorded
    FROM batches WHERE recorded_at IS NOT NULL ORDER BY recorded_at""")


@dataclass(frozen=True, slots=True)
class Batches:
    """The batches recorded by a time, in order of recording.

    rows: one per batch, its place is its rank. recorded: microseconds since 1970, ascending (n,).
    ranks: batch number to rank, (greatest number + 1,). until: when the last one was recorded.
    """

    rows: tuple[Any, ...]
    recorded: NDArray[np.int64]
    ranks: NDArray[np.int32]
    until: datetime

    def known(self, known_at: NDArray[np.int64]) -> NDArray[np.int32]:
        """The rank of the last batch recorded by each time (microseconds since 1970), -1 for none."""
        return (np.searchsorted(self.recorded, known_at, side="right") - 1).astype(np.int32)

    def of(self, *sources: str) -> list[Any]:
        """The batches of these sources, in order of recording."""
        return [row for row in self.rows if row.source in sources]


def read_batches(connection: sa.Connection, *, until: int) -> Batches:
    """Every batch recorded by a time (microseconds since 1970), with its rank."""
    rows = tuple(row for row in connection.execute(_BATCHES).all() if micros_of(row.recorded_at) <= until)
    recorded = np.array([micros_of(row.recorded_at) for row in rows], np.int64)
    ranks = np.zeros(max((row.batch_no for row in rows), default=0) + 1, np.int32)
    ranks[[row.batch_no for row in rows]] = np.arange(len(rows))
    return Batches(rows, recorded, ranks, rows[-1].recorded_at if rows else _UNIX_EPOCH)


def micros_of(moment: datetime) -> int:
    """Whole microseconds from 1970 to an aware moment."""
    return (moment - _UNIX_EPOCH) // timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Sorted:
    """Statements in order of key, day and rank. at: key and day in one number; rank: of the batch. Both (n,).

    order: for each, its position in the arrays that it was made from.
    """

    at: NDArray[np.int64]
    rank: NDArray[np.int32]
    order: NDArray[np.intp]

    @classmethod
    def of(cls, key: NDArray[Any], day: NDArray[Any], rank: NDArray[np.int32]) -> Sorted:
        """Sort statements; equal ones stay in the order given. Keys from 0, days as ordinals; all (n,)."""
        at = key.astype(np.int64) * DAYS + day
        # The three numbers in one word: sorting words is many times faster than sorting by columns.
        bits = max(int(rank.max(initial=0)).bit_length(), 1)
        order = np.argsort((at << bits) | rank, kind="stable")
        return cls(at[order], rank[order], order)

    def latest(self, key: NDArray[Any], on: NDArray[Any], known: NDArray[np.int32]) -> NDArray[np.intp]:
        """For each row the statement that counts, as a position in this order; NOBODY where there is none.

        key, on: whose and by which day; known: greatest rank recorded by the row's knowledge time; all (n_rows,).
        """
        low = key.astype(np.int64) * DAYS
        found: NDArray[np.intp] = np.searchsorted(self.at, low + on, side="right") - 1
        if not len(self.at):
            return np.full(len(found), NOBODY, np.intp)
        rows = np.arange(len(found))
        while True:
            place = found[rows]
            ours = (place >= 0) & (self.at[place] >= low[rows])
            found[rows[~ours]] = NOBODY
            rows = rows[ours]
            rows = rows[self.rank[found[rows]] > known[rows]]
            if not len(rows):
                return found
            found[rows] -= 1
