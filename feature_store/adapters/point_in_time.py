"""The matrix that serving would have built, for many households and moments at once: load once, then arrays.

Each row has its own day and its own knowledge time, and both axes hold for everything in it: what each
source said, what complete lists left unsaid, where the household was registered, its history half a
year and a year before, and the village's loan book. Later records never show, whatever day they speak of.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from feature_store.adapters.binary_read import arrays_out
from feature_store.adapters.sorted_statements import NOBODY, Batches, Sorted, read_batches
from feature_store.adapters.source_statements import Asked, Said, lists_of, read_filings
from feature_store.adapters.village_books import Registered, read_books
from feature_store.feature_set import FeatureSet
from feature_store.vector import AreaColumns, LoanColumns, history_dates, vectors
from scoring.credit_file import MISSING
from scoring.policy.schema import Policy

_REGISTRATIONS = ("household_no", "village", "observed_on - DATE '0001-01-01' + 1", "batch_no")
_OF_HOUSEHOLDS = """
    FROM (SELECT r.seq, r.household_no, r.batch_no, r.observed_on,
                 dense_rank() OVER (ORDER BY r.village_code)::int4 - 1 AS village
          FROM registrations r JOIN batches b USING (batch_no) WHERE b.recorded_at <= %s ORDER BY r.seq) r"""
_VILLAGES = sa.text("""
    SELECT DISTINCT r.village_code FROM registrations r JOIN batches b USING (batch_no)
    WHERE b.recorded_at <= :until ORDER BY r.village_code""")
_CODES_OF_BATCH = "FROM filings WHERE seq BETWEEN %s AND %s AND batch_no = %s AND codes IS NOT NULL"
_CODES_OF_FEW = "FROM filings WHERE seq = ANY(%s) AND batch_no = %s AND codes IS NOT NULL"
_FEW = 0.05
"""Below this share of a batch its codes are asked for one by one."""


@dataclass(frozen=True, slots=True)
class Moments:
    """Who is asked for, and at which moments. All (n_rows,).

    household_no: number in the store. on: day numbers. known_at: microseconds since 1970 (UTC).
    """

    household_no: NDArray[np.int32]
    on: NDArray[np.int32]
    known_at: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class PointInTime:
    """What was known of each row at its moment.

    matrix: float64 (n_rows, n_features). codes: int32 (n_indicators, n_rows); observed, valid_until:
    day numbers int32 (n_sources, n_rows), 0 for never; as :class:`~feature_store.adapters.read_county.County`.
    villages: codes, '' where the household was not registered by then. area: the village's loan book.
    """

    matrix: NDArray[np.float64]
    codes: NDArray[np.int32]
    observed: NDArray[np.int32]
    valid_until: NDArray[np.int32]
    villages: NDArray[Any]
    area: AreaColumns


def point_in_time(
    connection: sa.Connection, moments: Moments, *, loan: LoanColumns, policy: Policy, feature_set: FeatureSet
) -> PointInTime:
    """The rows' matrix and what it was made of.

    loan: the loan asked for, (n_rows,) each. A household that was not registered at a moment has no
    values there, as it would have had no credit file.
    """
    batches = read_batches(connection, until=int(moments.known_at.max(initial=0)))
    known = batches.known(moments.known_at)
    registered, names = _registered(connection, batches)
    days = _history(moments.on)
    asked = []
    for on in (moments.on, *days):
        village = registered.village_of(moments.household_no, on, known)
        asked.append(Asked(moments.household_no, on, known, village))
    used = {it.indicator for it in feature_set.features if it.kind in ("past", "worst") and it.indicator}
    codes, observed, valid_until = _files(connection, batches, asked, names, policy=policy, used=used)
    books = read_books(
        connection,
        batches,
        registered,
        bad_from_days=min(it.at_least_days for it in policy.areas.classes if it.bad),
        first_on=int(moments.on.min(initial=2**21)),
    )
    area = books.known(asked[0].village, moments.on, known)
    matrix = vectors(
        feature_set, policy, now=codes[0], past=codes[1:], observed=observed, loan=loan, area=area, on=moments.on
    )
    villages = np.append(names, "")[asked[0].village]
    return PointInTime(matrix, codes[0], observed, valid_until, villages, area)


def _history(on: NDArray[np.int32]) -> list[NDArray[np.int32]]:
    """The days of each row's history, half a year ago first."""
    if not len(on):
        return [on, on]
    distinct, where = np.unique(on, return_inverse=True)
    pairs = [history_dates(date.fromordinal(day)) for day in distinct.tolist()]
    return [np.array([day.toordinal() for day in column], np.int32)[where] for column in zip(*pairs, strict=True)]


def _registered(connection: sa.Connection, batches: Batches) -> tuple[Registered, NDArray[Any]]:
    """Every registration, and the village codes by position."""
    names = np.array(list(connection.execute(_VILLAGES, {"until": batches.until}).scalars()), dtype="U12")
    found = arrays_out(connection, _REGISTRATIONS, _OF_HOUSEHOLDS, (batches.until,))
    household, village, day, batch = found or [np.zeros(0, np.int32)] * 4
    statements = Sorted.of(household, day, batches.ranks[batch])
    return Registered(statements, village[statements.order]), names


def _files(
    connection: sa.Connection,
    batches: Batches,
    asked: Sequence[Asked],
    names: NDArray[Any],
    *,
    policy: Policy,
    used: Collection[str],
) -> tuple[list[NDArray[np.int32]], NDArray[np.int32], NDArray[np.int32]]:
    """Codes at each of the moments asked for; dates and expiries at the first.

    used: the only indicators that are read for the moments after the first.
    """
    n = len(asked[0].on)
    codes = [np.full((len(policy.indicators), n), MISSING, np.int32) for _ in asked]
    observed, valid_until = np.zeros((len(policy.sources), n), np.int32), np.zeros((len(policy.sources), n), np.int32)
    for index, source in enumerate(policy.sources):
        rows = {it.id: row for row, it in enumerate(policy.indicators) if it.source == source.id}
        past = {name: row for name, row in rows.items() if name in used}
        wanted = [rows, *(past for _ in asked[1:])]
        filings = read_filings(connection, batches, source)
        lists = lists_of(batches, source, names)
        said = [filings.said(one, lists) if names_ else None for one, names_ in zip(asked, wanted, strict=True)]
        filled = [(one, into, need) for one, into, need in zip(said, codes, wanted, strict=True) if one is not None]
        _fill_codes(connection, batches, source.id, filled)
        for one, into, need in filled:
            _fill_clear(batches, one, into, need, policy)
        observed[index], valid_until[index] = filled[0][0].observed, filled[0][0].valid_until
    return codes, observed, valid_until


def _fill_codes(
    connection: sa.Connection,
    batches: Batches,
    source: str,
    filled: Sequence[tuple[Said, NDArray[np.int32], dict[str, int]]],
) -> None:
    """Fetch the codes that any moment needs, batch by batch, and put them where they belong."""
    orders = [np.argsort(said.coded, kind="stable") for said, _, _ in filled]
    sorted_ = [said.coded[order] for (said, _, _), order in zip(filled, orders, strict=True)]
    wanted = np.unique(np.concatenate(sorted_))
    for batch in batches.of(source):
        if batch.first_seq is None or not batch.indicators:
            continue
        few = wanted[slice(*np.searchsorted(wanted, (batch.first_seq, batch.last_seq + 1)))]
        if not len(few):
            continue
        if len(few) < _FEW * batch.n_rows:
            found = arrays_out(connection, ("seq", "codes"), _CODES_OF_FEW, (few.tolist(), batch.batch_no))
        else:
            between = (batch.first_seq, batch.last_seq, batch.batch_no)
            found = arrays_out(connection, ("seq", "codes"), _CODES_OF_BATCH, between)
        if found is None:
            continue
        seq, codes = found
        by_seq = np.argsort(seq, kind="stable")
        seq, columns = seq[by_seq], np.ascontiguousarray(codes.T)
        for (_, into, rows), coded, order in zip(filled, sorted_, orders, strict=True):
            low, high = np.searchsorted(coded, (batch.first_seq, batch.last_seq + 1))
            place = np.minimum(np.searchsorted(seq, coded[low:high]), len(seq) - 1)
            ours = seq[place] == coded[low:high]
            at, place = order[low:high][ours], by_seq[place[ours]]
            for column, name in enumerate(batch.indicators):
                if name in rows:
                    into[rows[name], at] = columns[column, place]


def _fill_clear(batches: Batches, said: Said, into: NDArray[np.int32], rows: dict[str, int], policy: Policy) -> None:
    """Where a complete list did not name a household, its indicators are known to be clear."""
    for rank in np.unique(said.silent[said.silent != NOBODY]).tolist():
        at = np.flatnonzero(said.silent == rank)
        for name in batches.rows[rank].indicators:
            if name in rows:
                into[rows[name], at] = policy.indicators[rows[name]].clear
