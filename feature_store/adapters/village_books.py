"""Village loan books as known at many moments: the bad-loan ratio that each row's builder would have seen.

The same rule as one moment's month ends: a loan counts where its household is registered on the row's
day as known then, and of a month's statements the one recorded last by then counts. Each statement
becomes the *change* that it made to its village's month end when it was recorded; running sums then
answer any knowledge time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from feature_store.adapters.binary_read import arrays_out
from feature_store.adapters.sorted_statements import DAYS, NOBODY, Batches, Sorted
from feature_store.vector import AreaColumns

_MONTHS = (
    "household_no",
    "loan_no",
    "month_end - DATE '0001-01-01' + 1",
    "(balance_cny * 100)::int8",
    "days_past_due",
    "batch_no",
)
_FROM = """FROM (SELECT l.household_no, m.* FROM loan_months m JOIN loans l USING (loan_no)
                 WHERE m.batch_no IN (SELECT batch_no FROM batches WHERE recorded_at <= %s)) m"""
_WORD = 2**31
_NO_MONTH = -1


@dataclass(frozen=True, slots=True)
class Registered:
    """Where households are registered: statements, and each one's village as a position, in their order."""

    statements: Sorted
    village: NDArray[np.int32]

    def village_of(
        self, household: NDArray[np.int32], on: NDArray[np.int32], known: NDArray[np.int32]
    ) -> NDArray[np.int32]:
        """Each row's village, -1 where the household is not registered by then; (n_rows,)."""
        found = self.statements.latest(household, on, known)
        return np.where(found == NOBODY, -1, self.village[found]) if len(self.village) else found.astype(np.int32)


@dataclass(frozen=True, slots=True)
class _Changes:
    """Changes to the month ends of some keys (villages, or single households).

    months: each key's month ends, ranked by the first statement about them. at: month end's place and
    rank in one number, ascending; sums: running sums of (balance, bad balance in fen, loans), (n + 1, 3);
    begins: where each month end's changes begin, (n_month_ends + 1,).
    """

    months: Sorted
    month: NDArray[np.int64]
    at: NDArray[np.int64]
    sums: NDArray[np.int64]
    begins: NDArray[np.intp]

    def last_month(self, key: NDArray[np.int32], on: NDArray[np.int32], known: NDArray[np.int32]) -> NDArray[np.intp]:
        """The place of each row's last month end, NOBODY for none."""
        return self.months.latest(key, on, known)

    def place_of(self, key: NDArray[np.int32], month: NDArray[np.int64]) -> NDArray[np.intp]:
        """The place of a key's month end; NOBODY where nothing was ever said about it."""
        everything = np.full(len(key), np.iinfo(np.int32).max, np.int32)
        found = self.months.latest(key, month, everything)
        same = self.month[found] == month if len(self.month) else np.zeros(len(key), np.bool_)
        return np.where((found != NOBODY) & same, found, NOBODY)

    def standing(self, place: NDArray[np.intp], known: NDArray[np.int32]) -> NDArray[np.int64]:
        """(balance, bad balance, loans) of month ends as known, (n_rows, 3); zero for NOBODY."""
        upto = np.searchsorted(self.at, place.astype(np.int64) * _WORD + known, side="right")
        found: NDArray[np.int64] = self.sums[upto] - self.sums[self.begins[np.maximum(place, 0)]]
        return np.where((place == NOBODY)[:, None], 0, found)


@dataclass(frozen=True, slots=True)
class VillageBooks:
    """The books of villages, and apart those of households that a village cannot be told for once and for all."""

    villages: _Changes
    apart: _Changes
    apart_households: NDArray[np.int32]
    apart_villages: NDArray[np.int32]
    registered: Registered

    def known(self, village: NDArray[np.int32], on: NDArray[np.int32], known: NDArray[np.int32]) -> AreaColumns:
        """The book of each row's village at its last month end known; (n_rows,) each."""
        last = self.villages.last_month(village, on, known)
        month = np.where(last == NOBODY, _NO_MONTH, self.villages.month[last] if len(self.villages.month) else 0)
        row, household = self._apart(village, on, known)
        theirs = self.apart.last_month(household, on[row], known[row])
        row, household, theirs = row[theirs != NOBODY], household[theirs != NOBODY], theirs[theirs != NOBODY]
        np.maximum.at(month, row, self.apart.month[theirs])
        total = self.villages.standing(self.villages.place_of(village, month), known)
        np.add.at(total, row, self.apart.standing(self.apart.place_of(household, month[row]), known[row]))
        balance, bad, loans = total.T
        ratio = np.divide(bad, balance, out=np.zeros(len(month)), where=balance != 0)
        nothing = month == _NO_MONTH
        return AreaColumns(np.where(nothing, np.nan, ratio), np.where(nothing, np.nan, loans))

    def _apart(
        self, village: NDArray[np.int32], on: NDArray[np.int32], known: NDArray[np.int32]
    ) -> tuple[NDArray[np.intp], NDArray[np.int32]]:
        """Pairs of a row and a household apart that is registered in the row's village at the row's moment."""
        order = np.argsort(village, kind="stable")
        low = np.searchsorted(village[order], self.apart_villages, side="left")
        high = np.searchsorted(village[order], self.apart_villages, side="right")
        count = high - low
        within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        row = order[np.repeat(low, count) + within]
        household = np.repeat(self.apart_households, count)
        there = self.registered.village_of(household, on[row], known[row]) == village[row]
        return row[there], household[there]


def read_books(
    connection: sa.Connection, batches: Batches, registered: Registered, *, bad_from_days: int, first_on: int
) -> VillageBooks:
    """Every village's book. first_on: the earliest day number that will be asked for."""
    found = arrays_out(connection, _MONTHS, _FROM, (batches.until,))
    household, loan, month, cents, days, batch = found or [np.zeros(0, np.int64)] * 6
    rank = batches.ranks[batch.astype(np.int64)]
    statements, village = registered.statements, registered.village
    owner = (statements.at // DAYS).astype(np.int64)
    n = int(max(owner.max(initial=0), household.max(initial=0))) + 1
    settled = _settled(owner, statements, village, household, month, rank, n=n, first_on=first_on)
    home = np.full(n, -1, np.int32)
    home[owner] = village
    plain = settled[household.astype(np.int64)]
    parts = []
    for chosen, key in ((plain, home[household.astype(np.int64)]), (~plain, household.astype(np.int32))):
        parts.append(
            _changes(
                key[chosen], loan[chosen], month[chosen], cents[chosen], days[chosen] >= bad_from_days, rank[chosen]
            )
        )
    apart = np.isin(owner, np.unique(household[~plain]))
    pairs = np.unique(np.stack([owner[apart], village[apart]]), axis=1).astype(np.int32)
    return VillageBooks(parts[0], parts[1], pairs[0], pairs[1], registered)


def _settled(
    owner: NDArray[np.int64],
    statements: Sorted,
    village: NDArray[np.int32],
    household: NDArray[np.int64],
    month: NDArray[np.int64],
    rank: NDArray[np.int32],
    *,
    n: int,
    first_on: int,
) -> NDArray[np.bool_]:
    """Households that stand in one village whenever one of their loans' months is known; (n,)."""
    least, most = np.full(n, 2**30, np.int64), np.full(n, -1, np.int64)
    np.minimum.at(least, owner, village)
    np.maximum.at(most, owner, village)
    first_month, first_rank = np.full(n, 2**30, np.int64), np.full(n, 2**30, np.int64)
    np.minimum.at(first_month, household, month)
    np.minimum.at(first_rank, household, rank)
    early = statements.at % DAYS <= np.maximum(first_month[owner], first_on)
    early &= statements.rank <= first_rank[owner]
    there = np.zeros(n, np.bool_)
    there[owner[early]] = True
    settled: NDArray[np.bool_] = there & (least == most)
    return settled


def _changes(
    key: NDArray[np.int32],
    loan: NDArray[np.int64],
    month: NDArray[np.int64],
    cents: NDArray[np.int64],
    bad: NDArray[np.bool_],
    rank: NDArray[np.int32],
) -> _Changes:
    """The changes that statements made; statements of one batch are given in order of sequence."""
    order = np.lexsort((rank, month, loan))
    key, loan, month, cents, bad, rank = key[order], loan[order], month[order], cents[order], bad[order], rank[order]
    now = np.stack([cents, np.where(bad, cents, 0), (cents > 0).astype(np.int64)], axis=1).astype(np.int64)
    again = np.zeros(len(key), np.bool_)
    again[1:] = (loan[1:] == loan[:-1]) & (month[1:] == month[:-1])
    change = now.copy()
    change[again] -= now[np.flatnonzero(again) - 1]
    ends = Sorted.of(key, month, rank)
    first = np.ones(len(key), np.bool_)
    first[1:] = ends.at[1:] != ends.at[:-1]
    begins = np.flatnonzero(first)
    place = np.cumsum(first) - 1
    sums = np.zeros((len(key) + 1, 3), np.int64)
    np.cumsum(change[ends.order], axis=0, out=sums[1:])
    months = Sorted(ends.at[begins], ends.rank[begins], begins)
    return _Changes(months, ends.at[begins] % DAYS, place * _WORD + ends.rank, sums, np.append(begins, len(key)))
