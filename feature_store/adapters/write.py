"""Checked rows into the tables: one batch, its facts, and last of all its recording time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import psycopg
import sqlalchemy as sa
from numpy.typing import NDArray

from feature_store.adapters import binary_copy as binary
from feature_store.adapters import id_numbers
from feature_store.adapters.stored_codes import same_as
from feature_store.areas import AreaRow
from feature_store.filing import Batch
from feature_store.filings_file import FilingRows
from feature_store.households import HouseholdRows
from feature_store.id_cipher import IdKey
from feature_store.importing import Rows
from feature_store.loans import LoanRows, MonthRows
from feature_store.schedules import ScheduleRows

_BATCH = sa.text("""
    INSERT INTO batches (source, file_name, file_sha256, observed_on, coverage, areas, indicators, n_rows,
                         policy_sha256, first_seq, last_seq, earliest_on, latest_on, n_refused, repeat)
    SELECT :source, :file_name, :file_sha256, :observed_on, :coverage, CAST(:areas AS text[]), :indicators, :n_rows,
           :policy_sha256, :first_seq, :last_seq, :earliest_on, :latest_on, :n_refused, count(*)
    FROM batches
    WHERE source = :source AND file_sha256 = :file_sha256 AND observed_on = :observed_on AND coverage = :coverage
      AND areas = CAST(:areas AS text[])
    RETURNING batch_no""")
_SOURCE = sa.text("SELECT source_no FROM sources WHERE source = :source")
_NEW_SOURCE = sa.text("INSERT INTO sources (source) VALUES (:source) ON CONFLICT DO NOTHING")
_SEQUENCE = sa.text("""
    SELECT nextval(pg_get_serial_sequence('filings', 'seq')) FROM generate_series(1, :n)""")
_AREA = sa.text("""
    INSERT INTO areas (code, kind, parent, name_zh, name_en, batch_no)
    VALUES (:code, :kind, nullif(:parent, ''), :name_zh, :name_en, :batch_no)
    ON CONFLICT (code) DO UPDATE SET name_zh = excluded.name_zh, name_en = excluded.name_en
    WHERE (areas.name_zh, areas.name_en) <> (excluded.name_zh, excluded.name_en)""")
_HOUSEHOLDS = sa.text("""
    INSERT INTO households (household_id)
    SELECT id FROM unnest(CAST(:ids AS text[])) WITH ORDINALITY AS it(id, place)
    WHERE NOT EXISTS (SELECT FROM households h WHERE h.household_id = it.id)
    ORDER BY place ON CONFLICT DO NOTHING""")
_NUMBERS = sa.text("SELECT household_id, household_no FROM households WHERE household_id = ANY(:ids)")


def write(
    connection: sa.Connection, batch: Batch, rows: Rows, *, policy_sha256: str, n_refused: int, id_key: IdKey
) -> int:
    """Store a batch with its rows, its recording time still open; the batch's number.

    The caller holds the source's lock, so that the same file cannot be counted twice at once.
    """
    filings = rows if isinstance(rows, FilingRows) else None
    seqs = _sequence_numbers(connection, 0 if filings is None else len(filings))
    first, last = (int(seqs.min()), int(seqs.max())) if len(seqs) else (None, None)
    observed = filings.observed.tolist() if filings is not None else []
    usual = batch.observed_on
    inserted = connection.execute(
        _BATCH,
        {
            "source": batch.source,
            "file_name": batch.file_name,
            "file_sha256": batch.file_sha256,
            "observed_on": usual,
            "coverage": batch.coverage.value,
            "areas": list(batch.areas),
            "indicators": list(filings.indicators) if filings is not None else [],
            "n_rows": len(rows),
            "policy_sha256": policy_sha256,
            "n_refused": n_refused,
            "first_seq": first,
            "last_seq": last,
            "earliest_on": min(usual, usual.fromordinal(min(observed))) if observed else usual,
            "latest_on": max(usual, usual.fromordinal(max(observed))) if observed else usual,
        },
    )
    batch_no: int = inserted.scalar_one()
    if isinstance(rows, FilingRows):
        _write_filings(connection, batch.source, batch_no, rows, seqs)
    elif isinstance(rows, HouseholdRows):
        _write_households(connection, batch, batch_no, rows, id_key)
    elif isinstance(rows, LoanRows):
        columns = "loan_id, household_no, bank, disbursed_on, amount_cny, term_months, purpose, batch_no"
        _copy_rows(connection, f"loans ({columns})", [(*row, batch_no) for row in rows.rows])
    elif isinstance(rows, MonthRows):
        columns = "loan_no, month_end, balance_cny, days_past_due, batch_no"
        _copy_rows(connection, f"loan_months ({columns})", ((*row, batch_no) for row in rows.rows))
    elif isinstance(rows, ScheduleRows):
        columns = "loan_no, due_on, due_cny, batch_no"
        _copy_rows(connection, f"loan_schedules ({columns})", ((*row, batch_no) for row in rows.rows()))
    else:
        _write_areas(connection, batch_no, rows)
    return batch_no


def _sequence_numbers(connection: sa.Connection, count: int) -> NDArray[np.int64]:
    if not count:
        return np.empty(0, np.int64)
    return np.fromiter(connection.execute(_SEQUENCE, {"n": count}).scalars(), np.int64, count)


def _source_no(connection: sa.Connection, source: str) -> int:
    connection.execute(_NEW_SOURCE, {"source": source})
    number: int = connection.execute(_SOURCE, {"source": source}).scalar_one()
    return number


def _write_filings(
    connection: sa.Connection, source: str, batch_no: int, rows: FilingRows, seqs: NDArray[np.int64]
) -> None:
    count = len(rows)
    if not count:
        return
    source_no = _source_no(connection, source)
    same = same_as(
        connection, rows.households, rows.codes, source=source, source_no=source_no, indicators=rows.indicators
    )
    columns: dict[str, binary.Column] = {
        "seq": binary.integers(seqs, ">i8"),
        "batch_no": binary.integers(np.full(count, batch_no), ">i4"),
        "household_no": binary.integers(rows.households, ">i4"),
        "source": binary.integers(np.full(count, source_no), ">i2"),
        "observed_on": binary.dates(rows.observed),
        "same_as": binary.integers(same, ">i8", null=same == 0),
        "codes": binary.arrays(rows.codes, null=same != 0),
    }
    if rows.evidence is not None:
        columns["valid_until"] = binary.dates(rows.valid_until)
        for name, texts in zip(("evidence_id", "assessor_1", "assessor_2"), rows.evidence, strict=True):
            columns[name] = binary.texts(texts)
    binary.copy_in(connection, f"filings ({', '.join(columns)})", list(columns.values()))


def _write_households(
    connection: sa.Connection, batch: Batch, batch_no: int, rows: HouseholdRows, id_key: IdKey
) -> None:
    connection.execute(_HOUSEHOLDS, {"ids": rows.household_ids})
    numbers = {row.household_id: row.household_no for row in connection.execute(_NUMBERS, {"ids": rows.household_ids})}
    household_no = np.array([numbers[it] for it in rows.household_ids], np.int32)
    count = len(rows)
    columns: Sequence[binary.Column] = [
        binary.integers(np.full(count, batch_no), ">i4"),
        binary.integers(household_no, ">i4"),
        binary.texts(rows.villages),
        binary.dates(np.full(count, batch.observed_on.toordinal(), np.int32)),
        binary.booleans(rows.stated),
    ]
    target = "registrations (batch_no, household_no, village_code, observed_on, id_stated)"
    binary.copy_in(connection, target, columns)
    id_numbers.keep(
        connection,
        household_no,
        rows.numbers,
        household_ids=rows.household_ids,
        batch_no=batch_no,
        observed_on=batch.observed_on,
        id_key=id_key,
    )


def _write_areas(connection: sa.Connection, batch_no: int, rows: Sequence[AreaRow]) -> None:
    values = [{**{name: getattr(row, name) for name in AreaRow.__slots__}, "batch_no": batch_no} for row in rows]
    if values:
        connection.execute(_AREA, values)


def _copy_rows(connection: sa.Connection, target: str, rows: Iterable[tuple[Any, ...]]) -> None:
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    with driver.cursor() as cursor, cursor.copy(f"COPY {target} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
