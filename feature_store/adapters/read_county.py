"""The whole county in columns: the as-of rule over numpy arrays, batch by batch, newest first.

A batch names a household at most once and has one recording time, so the rule becomes: walk a
source's batches and let the greater (observed_on, recorded_at) win per household. The walk ends
as soon as no older batch can change anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from feature_store.adapters.binary_read import arrays_out
from feature_store.adapters.people import registered
from scoring.credit_file import MISSING
from scoring.policy.elements import Source
from scoring.policy.schema import Policy

_BATCHES = sa.text("""
    SELECT b.batch_no, b.source, b.observed_on, b.coverage, b.areas, b.indicators, b.n_rows,
           b.first_seq, b.last_seq, b.earliest_on, b.latest_on,
           rank() OVER (ORDER BY b.recorded_at) AS recorded
    FROM batches b
    WHERE b.recorded_at <= :known_at""")
_FILINGS = (
    "household_no",
    "seq",
    "coalesce(same_as, seq)",
    "observed_on - DATE '0001-01-01' + 1",
    "coalesce(valid_until - DATE '0001-01-01' + 1, 0)",
)
_OF_BATCH = "FROM filings WHERE seq BETWEEN %s AND %s AND batch_no = %s"
_CODES = ("seq", "codes")
_CODES_OF_BATCH = _OF_BATCH + " AND codes IS NOT NULL"
_CODES_OF_FEW = "FROM filings WHERE seq = ANY(%s) AND batch_no = %s AND codes IS NOT NULL"
_FEW = 0.05
"""Below this share of a batch its codes are asked for one by one."""
_RANKS = 2**31
"""An as-of key is observed_on's ordinal times this, plus the rank of recorded_at."""


@dataclass(frozen=True, slots=True)
class County:
    """Every registered household as known at a moment, one column per household.

    household_ids, villages: str (n_rows,); household_no: int32 (n_rows,), ascending.
    codes: int32 (n_indicators, n_rows), in the policy's order of indicators; MISSING where not known.
    observed, valid_until: int32 day ordinals (n_sources, n_rows), in the policy's order of sources;
        0 where the source never reported, or stated no expiry.
    filing: int64 (n_sources, n_rows), the filing's sequence number; 0 where there is none,
        also where a complete list did not name the household.
    batch: int32 (n_sources, n_rows), the batch that the statement came with; 0 where there is none.
    """

    household_ids: NDArray[Any]
    household_no: NDArray[np.int32]
    villages: NDArray[Any]
    codes: NDArray[np.int32]
    observed: NDArray[np.int32]
    valid_until: NDArray[np.int32]
    filing: NDArray[np.int64]
    batch: NDArray[np.int32]


def county(connection: sa.Connection, *, on: date, known_at: datetime, policy: Policy) -> County:
    """Every registered household's indicators on a day as known at a time."""
    people = registered(connection, on=on, known_at=known_at)
    numbers = people.household_no
    batches = connection.execute(_BATCHES, {"known_at": known_at}).all()
    shape = (len(policy.sources), len(numbers))
    result = County(
        household_ids=people.household_ids,
        household_no=numbers,
        villages=people.villages,
        codes=np.full((len(policy.indicators), len(numbers)), MISSING, np.int32),
        observed=np.zeros(shape, np.int32),
        valid_until=np.zeros(shape, np.int32),
        filing=np.zeros(shape, np.int64),
        batch=np.zeros(shape, np.int32),
    )
    places = np.full(int(numbers[-1]) + 1 if len(numbers) else 1, -1, np.int64)
    places[numbers] = np.arange(len(numbers))
    for index, source in enumerate(policy.sources if len(numbers) else ()):
        of_source = sorted(
            (it for it in batches if it.source == source.id), key=lambda it: (it.latest_on, it.recorded), reverse=True
        )
        coded = _statements(connection, of_source, result, index, places=places, on=on.toordinal(), source=source)
        _fill_codes(connection, of_source, result, coded, policy=policy, source=source.id)
        if source.clear:
            _fill_clear(of_source, result, index, policy=policy, source=source.id)
    return result


def _statements(
    connection: sa.Connection,
    batches: Sequence[Any],
    into: County,
    index: int,
    *,
    places: NDArray[np.int64],
    on: int,
    source: Source,
) -> NDArray[np.int64]:
    """Fill row ``index`` of observed, valid_until, filing and batch; the filing that holds each one's codes."""
    best = np.full(len(into.household_no), -1, np.int64)
    coded = np.zeros(len(best), np.int64)
    observed, valid = into.observed[index], into.valid_until[index]
    filing, batch_of = into.filing[index], into.batch[index]
    for batch in batches:
        if batch.earliest_on.toordinal() > on:
            continue
        if best.min() > batch.latest_on.toordinal() * _RANKS + batch.recorded:
            break
        if source.clear and batch.coverage == "complete":
            key = batch.observed_on.toordinal() * _RANKS + batch.recorded
            silent = np.flatnonzero((best < key) & _covered(into.villages, batch.areas))
            best[silent], coded[silent], observed[silent] = key, 0, batch.observed_on.toordinal()
            valid[silent], filing[silent], batch_of[silent] = 0, 0, batch.batch_no
        if batch.first_seq is None:
            continue
        rows = arrays_out(connection, _FILINGS, _OF_BATCH, (batch.first_seq, batch.last_seq, batch.batch_no))
        if rows is None:
            continue
        household, seq, coded_by, day, until = rows
        place = np.where(household < len(places), places[np.minimum(household, len(places) - 1)], -1)
        keys = day.astype(np.int64) * _RANKS + batch.recorded
        # Not less: what a complete list names outdoes its own silence.
        wins = (place >= 0) & (day <= on) & (keys >= best[place])
        at = place[wins]
        best[at], coded[at], observed[at] = keys[wins], coded_by[wins], day[wins]
        valid[at], filing[at], batch_of[at] = until[wins], seq[wins], batch.batch_no
    return coded


def _fill_codes(
    connection: sa.Connection,
    batches: Sequence[Any],
    into: County,
    coded: NDArray[np.int64],
    *,
    policy: Policy,
    source: str,
) -> None:
    """Fetch the codes of the filings in ``coded``, batch by batch, and put them in the policy's rows."""
    place = np.flatnonzero(coded)
    place = place[np.argsort(coded[place])]
    wanted = coded[place]
    rows_of = {it.id: row for row, it in enumerate(policy.indicators) if it.source == source}
    for batch in batches:
        if batch.first_seq is None or not batch.indicators:
            continue
        low, high = np.searchsorted(wanted, (batch.first_seq, batch.last_seq + 1))
        if low == high:
            continue
        if high - low < _FEW * batch.n_rows:
            rows = arrays_out(connection, _CODES, _CODES_OF_FEW, (wanted[low:high].tolist(), batch.batch_no))
        else:
            rows = arrays_out(connection, _CODES, _CODES_OF_BATCH, (batch.first_seq, batch.last_seq, batch.batch_no))
        if rows is None:
            continue
        seq, codes = rows
        found = np.minimum(np.searchsorted(wanted, seq), len(wanted) - 1)
        ours = wanted[found] == seq
        at, columns = place[found[ours]], codes[ours].T
        for column, name in enumerate(batch.indicators):
            if name in rows_of:
                into.codes[rows_of[name], at] = columns[column]


def _fill_clear(batches: Sequence[Any], into: County, index: int, *, policy: Policy, source: str) -> None:
    """Where a complete list did not name a household, its indicators are known to be clear."""
    batch_of = np.where(into.filing[index] == 0, into.batch[index], 0)
    indicators = {it.batch_no: it.indicators for it in batches}
    for batch_no in np.unique(batch_of[batch_of != 0]).tolist():
        at = np.flatnonzero(batch_of == batch_no)
        for row, indicator in enumerate(policy.indicators):
            if indicator.source == source and indicator.id in indicators[batch_no]:
                into.codes[row, at] = indicator.clear


def _covered(villages: NDArray[Any], areas: Sequence[str]) -> NDArray[np.bool_]:
    covered = np.zeros(len(villages), np.bool_)
    for area in areas:
        covered |= np.strings.startswith(villages, area)
    return covered
