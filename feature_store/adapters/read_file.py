"""Households' credit files, on one day or on several: three indexed queries, no work per cell in the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from feature_store.adapters.kept_lists import KeptLists, ListsOf
from feature_store.adapters.layouts import Layouts, Placed, Plan
from feature_store.adapters.together import Asked, Rows, Sent, together
from scoring.credit_file import CreditFile, Reported
from scoring.errors import LushiError
from scoring.policy.schema import Policy

# Some dozen microseconds a household: the as-of order is the index order but for ties on observed_on.
_ASKED = "unnest(CAST(:households AS text[])) AS a (household_id) JOIN households h USING (household_id)"
_HOMES = Asked(f"""
    SELECT h.household_id, d.day, r.village_code
    FROM {_ASKED} CROSS JOIN unnest(CAST(:days AS date[])) AS d(day) CROSS JOIN LATERAL (
        SELECT r.village_code FROM registrations r JOIN batches b USING (batch_no)
        WHERE r.household_no = h.household_no AND r.observed_on <= d.day AND b.recorded_at <= :known_at
        ORDER BY r.observed_on DESC, b.recorded_at DESC, r.seq DESC LIMIT 1) r""")
_FILINGS = Asked(f"""
    SELECT h.household_id, d.day, s.source, f.*, coalesce(f.own, c.codes) AS codes,
           coalesce(c.batch_no, f.batch_no) AS layout
    FROM {_ASKED} CROSS JOIN unnest(CAST(:days AS date[])) AS d(day) CROSS JOIN sources s CROSS JOIN LATERAL (
        SELECT f.seq, f.batch_no, f.observed_on, f.valid_until, f.same_as, f.codes AS own, b.recorded_at
        FROM filings f JOIN batches b USING (batch_no)
        WHERE f.household_no = h.household_no AND f.source = s.source_no
          AND f.observed_on <= d.day AND b.recorded_at <= :known_at
        ORDER BY f.observed_on DESC, b.recorded_at DESC, f.seq DESC LIMIT 1) f
    LEFT JOIN filings c ON c.seq = f.same_as""")
_BY_NUMBER = sa.text("""
    SELECT s.source, h.household_id, f.seq, f.batch_no, f.observed_on, f.valid_until,
           coalesce(f.codes, c.codes) AS codes, coalesce(c.batch_no, f.batch_no) AS layout
    FROM filings f JOIN sources s ON s.source_no = f.source JOIN households h USING (household_no)
    LEFT JOIN filings c ON c.seq = f.same_as
    WHERE f.seq = ANY(:seqs)""")
_BATCHES = sa.text("SELECT batch_no, source, observed_on, coverage, areas FROM batches WHERE batch_no = ANY(:numbers)")


class NothingRead(LushiError):
    """A replay names a filing or batch that the store does not hold for that household and source."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}. Check that this is the database in which the decision was recorded")


class _Said(NamedTuple):
    """What one source said: the report, its codes (None: clear), and the batch that orders them."""

    source: str
    reported: Reported
    codes: Sequence[int] | None
    layout: int


def credit_files(
    connection: sa.Connection,
    household_id: str,
    *,
    days: Sequence[date],
    known_at: datetime,
    policy: Policy,
    layouts: Layouts,
) -> list[CreditFile | None]:
    """The household's credit file on each of different days as known at a time; None where not yet registered."""
    found = together(connection, *asked_for([household_id], days=days, known_at=known_at))
    lists = KeptLists().reader(connection, known_at=known_at, version=None, policy=policy)
    return told(connection, found, days=days, policy=policy, layouts=layouts, lists=lists).get(
        household_id, [None] * len(days)
    )


def asked_for(household_ids: Sequence[str], *, days: Sequence[date], known_at: datetime) -> tuple[Sent, ...]:
    """The statements that read different households' files on these days; :func:`told` takes their rows."""
    asked = {"households": list(household_ids), "days": list(days), "known_at": known_at}
    return (_HOMES, asked), (_FILINGS, asked)


def told(
    connection: sa.Connection,
    rows: Sequence[Rows],
    *,
    days: Sequence[date],
    policy: Policy,
    layouts: Layouts,
    lists: ListsOf,
) -> dict[str, list[CreditFile | None]]:
    """Each household's files in the rows of :func:`asked_for`; None on a day on which it was not yet registered.

    A household that was registered on none of the days is not among them.
    """
    home, filing = rows
    homes = {(row.household_id, row.day): row.village_code for row in home}
    filings: dict[tuple[str, date], dict[str, Any]] = {}
    for row in filing:
        filings.setdefault((row.household_id, row.day), {})[row.source] = row
    silent = lists({(village, day) for (_, day), village in homes.items()})
    said = {at: _said(policy, filings.get(at, {}), silent[village, at[1]]) for at, village in homes.items()}
    plans = layouts.plans(connection, policy, [(it.source, it.layout) for one in said.values() for it in one])
    files: dict[str, list[CreditFile | None]] = {}
    for household_id in {household_id for household_id, _ in homes}:
        files[household_id] = [
            _assemble(household_id, homes[at], said[at], plans) if (at := (household_id, day)) in homes else None
            for day in days
        ]
    return files


def _said(policy: Policy, filings: Mapping[str, Any], lists: Mapping[str, Any]) -> list[_Said]:
    """What each source said last: a filing about the household, or a complete list without it."""
    said = []
    for source in policy.sources:
        filing, silent = filings.get(source.id), lists.get(source.id)
        if silent is not None and (filing is None or _when(silent) > _when(filing)):
            reported = Reported(silent.observed_on, None, None, silent.batch_no)
            said.append(_Said(source.id, reported, None, silent.batch_no))
        elif filing is not None:
            said.append(_of_filing(filing))
    return said


def credit_file_from(
    connection: sa.Connection,
    household_id: str,
    *,
    village_code: str,
    read: Mapping[str, tuple[int | None, int]],
    policy: Policy,
    layouts: Layouts,
) -> CreditFile:
    """The credit file made of exactly the filings and complete lists that a decision read.

    Raises:
        NothingRead: where the store does not hold one of them for that household and source.
    """
    seqs = [seq for seq, _ in read.values() if seq is not None]
    filings = {row.seq: row for row in connection.execute(_BY_NUMBER, {"seqs": seqs})} if seqs else {}
    silent = [batch for seq, batch in read.values() if seq is None]
    lists = {row.batch_no: row for row in connection.execute(_BATCHES, {"numbers": silent})} if silent else {}
    said = []
    for source in policy.sources:
        if source.id not in read:
            continue
        seq, batch = read[source.id]
        if seq is not None:
            row = filings.get(seq)
            if row is None or (row.household_id, row.source, row.batch_no) != (household_id, source.id, batch):
                raise NothingRead(f"{household_id}: there is no filing {seq} of '{source.id}' in batch {batch}")
            said.append(_of_filing(row))
        else:
            row = lists.get(batch)
            covered = row is not None and row.coverage == "complete" and set(row.areas) & set(prefixes(village_code))
            if row is None or row.source != source.id or not covered:
                raise NothingRead(
                    f"{household_id}: batch {batch} is no complete list of '{source.id}' over its village"
                )
            said.append(_Said(source.id, Reported(row.observed_on, None, None, batch), None, batch))
    plans = layouts.plans(connection, policy, [(it.source, it.layout) for it in said])
    return _assemble(household_id, village_code, said, plans)


def prefixes(code: str) -> list[str]:
    """Every area code that covers a village: its beginnings, and itself."""
    return [code[:length] for length in range(1, len(code) + 1)]


def _when(row: Any) -> tuple[date, datetime, int]:
    return row.observed_on, row.recorded_at, row.batch_no


def _of_filing(row: Any) -> _Said:
    return _Said(row.source, Reported(row.observed_on, row.valid_until, row.seq, row.batch_no), row.codes, row.layout)


def _assemble(household_id: str, village_code: str, said: Sequence[_Said], plans: Mapping[Placed, Plan]) -> CreditFile:
    codes: dict[str, int] = {}
    for it in said:
        plan = plans[it.source, it.layout]
        codes.update(plan.clear if it.codes is None else plan.of(it.codes))
    return CreditFile(household_id, village_code, codes, {it.source: it.reported for it in said})
