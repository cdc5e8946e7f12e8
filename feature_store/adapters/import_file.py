"""One file into the store: all of it in one transaction, or none of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import sqlalchemy as sa

from feature_store.adapters import id_keys
from feature_store.adapters.connect import reachable
from feature_store.adapters.known import KnownInStore
from feature_store.adapters.recording import alone_with_source, take_recorded_at
from feature_store.adapters.store import Store
from feature_store.adapters.write import write
from feature_store.faults import Fault, Findings
from feature_store.filing import Batch, Coverage, civil_day
from feature_store.households import HouseholdRows
from feature_store.id_cipher import IdKey
from feature_store.importing import Policies, check_file
from feature_store.sidecar import NOTHING, Stated, beside, storable
from feature_store.table_file import digest

_SEEN = sa.text("""
    SELECT batch_no, recorded_at, n_refused FROM batches
    WHERE source = :source AND file_sha256 = :sha256 AND observed_on = :observed_on AND coverage = :coverage
      AND areas = CAST(:areas AS text[])
    ORDER BY repeat DESC LIMIT 1""")
_RECORD = sa.text("UPDATE batches SET recorded_at = :recorded_at WHERE batch_no = :batch_no")
_DOUBLED = sa.text("""
    SELECT pg_relation_size(oid) > 2 * relpages * current_setting('block_size')::bigint
    FROM pg_class WHERE oid = CAST(:table AS regclass)""")
_ANALYZE_FROM = 20_000
"""From so many new rows on the planner's statistics are looked after at once."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file.

    outcome: imported (perhaps without its faulty rows), already there unchanged, or refused.
    n_rows: rows stored; 0 where nothing was.
    """

    file: str
    outcome: Literal["imported", "already", "refused"]
    source: str | None
    batch_no: int | None
    recorded_at: datetime | None
    n_rows: int
    faults: tuple[Fault, ...]


Also = Callable[[sa.Connection, Batch, Imported], None]
"""Something more in the transaction of an import."""


def import_file(
    store: Store,
    path: Path,
    *,
    policies: Policies,
    now: Callable[[], datetime],
    id_key: IdKey,
    stated: Stated = NOTHING,
    accept_valid_rows: bool = False,
    again: bool = False,
    also: Also | None = None,
) -> Imported:
    """Check a file against the policy in force and store what may be stored.

    A file with faults changes nothing, unless ``accept_valid_rows``: then its faultless rows are
    stored and the faults still reported. A file that is already stored whole changes nothing, unless
    ``again``: then its statements are recorded once more, as said now (a correction taken back).
    also: done in the same transaction, last of all, where something was stored.
    One file of a source is imported at a time.

    Raises:
        StoreUnavailable: where the database is away; then nothing is recorded.
        ClockBehind: where the clock stands before what is already recorded.
        WrongIdKey: for a file of households, where the key of ID numbers in use is another.
    """
    findings = Findings(path.name if storable(path.name) else "?")
    if not storable(path.name):
        findings.whole("the file's name holds characters that are no text", "Rename the file")
    if not all(storable(word) for word in (stated.source or "", *(stated.areas or ()))):
        findings.whole("the source or an area holds characters that are no text", "State plain words")
    sha256 = None if findings.refused else digest(path, findings)
    if sha256 is None:
        return _refused(findings.file, None, findings.all())
    with reachable(), store.engine.begin() as connection:
        source = stated.source or beside(path).source or ""
        alone_with_source(connection, source)
        seen = None if again else _seen(connection, path, sha256, stated)
        if seen is not None:
            return seen
        checked = check_file(
            path,
            sha256,
            findings,
            stated=stated,
            policies=policies,
            known=KnownInStore(connection),
            id_key=id_key,
            today=civil_day(now()),
        )
        batch, rows, policy = checked.batch, checked.rows, checked.policy
        refuse = checked.faults and not (accept_valid_rows and rows is not None and len(rows))
        if batch is None or rows is None or policy is None or refuse:
            return _refused(findings.file, batch.source if batch else stated.source, checked.faults)
        refused = len({fault.row for fault in checked.faults})
        batch_no = write(connection, batch, rows, policy_sha256=policy.sha256, n_refused=refused, id_key=id_key)
        recorded_at = take_recorded_at(connection, now)
        connection.execute(_RECORD, {"recorded_at": recorded_at, "batch_no": batch_no})
        if isinstance(rows, HouseholdRows) and any(rows.stated):
            id_keys.begin_with(connection, id_key, now=recorded_at)
        done = Imported(path.name, "imported", batch.source, batch_no, recorded_at, len(rows), checked.faults)
        if also is not None:
            also(connection, batch, done)
    if len(rows) >= _ANALYZE_FROM:
        _renew_statistics(store, batch.source)
    return done


def _renew_statistics(store: Store, source: str) -> None:
    """Tell the planner of a table that has more than doubled; the server's own round may be a minute away."""
    loans = ("loans", "loan_months", "loan_schedules")
    tables = {
        "households": ("households", "registrations", "id_numbers", "id_index"),
        **{name: (name,) for name in loans},
    }
    with store.engine.begin() as connection:
        for table in tables.get(source, ("filings",)):
            if connection.execute(_DOUBLED, {"table": table}).scalar_one():
                connection.execute(sa.text(f"ANALYZE {table}"))


def stored_before(connection: sa.Connection, path: Path, sha256: str, stated: Stated) -> bool:
    """Whether a file is stored whole with the same declaration already."""
    return _seen(connection, path, sha256, stated) is not None


def _seen(connection: sa.Connection, path: Path, sha256: str, stated: Stated) -> Imported | None:
    """What to say of a file that is already stored with the same declaration: nothing changes.

    The same bytes declared for another day, coverage or area are a statement of their own: a list
    that did not change in a quarter is news, since it keeps its households' values fresh.
    """
    noted = beside(path)
    coverage = stated.coverage or noted.coverage
    areas = stated.areas if stated.areas is not None else noted.areas
    source = stated.source or noted.source
    declared = {
        "source": source,
        "sha256": sha256,
        "observed_on": stated.observed_on or noted.observed_on,
        "coverage": coverage,
        "areas": list(areas or ()) if coverage is Coverage.COMPLETE else [],
    }
    row = connection.execute(_SEEN, declared).one_or_none()
    if row is None or row.n_refused:  # rows that were left out may be right by now
        return None
    return Imported(path.name, "already", source, row.batch_no, row.recorded_at, 0, ())


def _refused(file: str, source: str | None, faults: tuple[Fault, ...]) -> Imported:
    return Imported(file, "refused", source, None, None, 0, faults)
