"""What one source said of many rows at their moments: its filings, and complete lists that leave a row out.

Whichever of the two came last counts, as for one household; a list that names a household in the
same batch does not silence it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from feature_store.adapters.binary_read import arrays_out
from feature_store.adapters.sorted_statements import DAYS, NOBODY, Batches, Sorted
from scoring.policy.elements import Source

_FILINGS = (
    "household_no",
    "coalesce(same_as, seq)",
    "observed_on - DATE '0001-01-01' + 1",
    "coalesce(valid_until - DATE '0001-01-01' + 1, 0)",
)
_OF_BATCH = "FROM filings WHERE seq BETWEEN %s AND %s AND batch_no = %s"


@dataclass(frozen=True, slots=True)
class Asked:
    """One moment per row: now, or a day of its history. village: position, -1 for not registered."""

    household: NDArray[np.int32]
    on: NDArray[np.int32]
    known: NDArray[np.int32]
    village: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Said:
    """What one source said of each row: day and expiry, the filing that holds the codes, or the silent list's rank."""

    observed: NDArray[np.int32]
    valid_until: NDArray[np.int32]
    coded: NDArray[np.int64]
    silent: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Lists:
    """Complete lists by the areas they cover. covers: whether each group covers each village, (n_groups, n_villages)."""

    statements: Sorted
    covers: NDArray[np.bool_]

    def latest(self, asked: Asked) -> NDArray[np.intp]:
        """The list of each row whose silence counts, as a position in ``statements``; NOBODY for none."""
        best = np.full(len(asked.on), NOBODY, np.intp)
        for group, covers in enumerate(self.covers):
            rows = np.flatnonzero((asked.village >= 0) & covers[asked.village])
            found = self.statements.latest(np.full(len(rows), group), asked.on[rows], asked.known[rows])
            better = self.when(found) > self.when(best[rows])
            best[rows[better]] = found[better]
        return best

    def when(self, place: NDArray[np.intp]) -> NDArray[np.int64]:
        """Day and rank of lists in one number; -1 for NOBODY."""
        return _when(self.statements, place)


def _when(statements: Sorted, place: NDArray[np.intp]) -> NDArray[np.int64]:
    if not len(statements.at):
        return np.full(len(place), -1, np.int64)
    found = (statements.at[place] % DAYS) * 2**31 + statements.rank[place]
    return np.where(place == NOBODY, -1, found)


@dataclass(frozen=True, slots=True)
class Filings:
    """One source's filings in as-of order, with the filing that holds the codes and the expiry."""

    statements: Sorted
    coded: NDArray[np.int64]
    valid_until: NDArray[np.int32]

    def said(self, asked: Asked, lists: Lists) -> Said:
        """What the source said of each row: its filing, or a complete list that came after it."""
        found = self.statements.latest(asked.household, asked.on, asked.known)
        found[asked.village < 0] = NOBODY
        silent = lists.latest(asked)
        by_list = lists.when(silent) > _when(self.statements, found)
        named = ~by_list & (found != NOBODY)
        safe = np.where(named, found, 0) if len(self.coded) else np.zeros(0, np.intp)
        n = len(asked.on)
        day, until, coded = np.zeros(n, np.int32), np.zeros(n, np.int32), np.zeros(n, np.int64)
        if len(safe):
            day = np.where(named, self.statements.at[safe] % DAYS, 0).astype(np.int32)
            until = np.where(named, self.valid_until[safe], 0).astype(np.int32)
            coded = np.where(named, self.coded[safe], 0)
        rank = np.full(n, NOBODY, np.int32)
        rank[by_list] = lists.statements.rank[silent[by_list]]
        day[by_list] = lists.statements.at[silent[by_list]] % DAYS
        return Said(day, until, coded, rank)


def read_filings(connection: sa.Connection, batches: Batches, source: Source) -> Filings:
    pieces = []
    for batch in batches.of(source.id):
        if batch.first_seq is None:
            continue
        rows = arrays_out(connection, _FILINGS, _OF_BATCH, (batch.first_seq, batch.last_seq, batch.batch_no))
        if rows is not None:
            pieces.append((*rows, np.full(len(rows[0]), batch.recorded, np.int32)))
    if not pieces:
        nothing = np.zeros(0, np.int32)
        return Filings(Sorted.of(nothing, nothing, nothing), np.zeros(0, np.int64), nothing)
    household, coded, day, until, rank = (np.concatenate(column) for column in zip(*pieces, strict=True))
    statements = Sorted.of(household, day, rank)
    return Filings(statements, coded[statements.order], until[statements.order])


def lists_of(batches: Batches, source: Source, names: NDArray[Any]) -> Lists:
    found = [it for it in batches.of(source.id) if source.clear and it.coverage == "complete"]
    groups = {areas: number for number, areas in enumerate(dict.fromkeys(tuple(it.areas) for it in found))}
    covers = np.zeros((len(groups), len(names)), np.bool_)
    for areas, number in groups.items():
        for area in areas:
            covers[number] |= np.strings.startswith(names, area)
    statements = Sorted.of(
        np.array([groups[tuple(it.areas)] for it in found], np.int64),
        np.array([it.observed_on.toordinal() for it in found], np.int64),
        np.array([it.recorded for it in found], np.int32),
    )
    return Lists(statements, covers)
