"""The grade register: one run per grading of the whole county, one row per household."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from feature_store.adapters.binary_copy import copy_in, copy_out, integers, row_of, texts
from feature_store.adapters.fact_tables import areas
from feature_store.adapters.service_tables import register_runs

_TARGET = "register (run_no, household_no, village_code, status, grade, score, previous_grade, previous_status)"
_ROWS = "SELECT household_no, status, grade FROM register WHERE run_no = %s"
_MOVEMENT = sa.text("""
    SELECT previous_status, previous_grade, grade, count(*) FROM register WHERE run_no = :run_no
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3""")
_HOLDS = sa.text("SELECT EXISTS (SELECT FROM register WHERE run_no = :run_no AND starts_with(village_code, :within))")
_ROW = row_of(household=">i4", status=">i2", grade=">i2")


@dataclass(frozen=True, slots=True)
class Run:
    """One grading of the county: its number, quarter ('2017Q2'), day and policy."""

    run_no: int
    quarter: str
    on: date
    policy_id: str


def last_run(connection: sa.Connection, *, before_quarter: str, before_run: int | None = None) -> Run | None:
    """The newest run of the newest quarter before a quarter, and made before a run; None where there is none."""
    query = sa.select(register_runs).where(register_runs.c.quarter < before_quarter)
    if before_run is not None:
        query = query.where(register_runs.c.run_no < before_run)
    row = connection.execute(
        query.order_by(register_runs.c.quarter.desc(), register_runs.c.run_no.desc()).limit(1)
    ).one_or_none()
    return Run(row.run_no, row.quarter, row.on_date, row.policy_id) if row else None


def run_of(connection: sa.Connection, *, on: date, known_at: datetime, policy_sha256: str) -> Run | None:
    """The first run that graded on a day as known at that very time under that policy; None where there is none."""
    row = connection.execute(
        sa.select(register_runs)
        .where(register_runs.c.on_date == on)
        .where(register_runs.c.known_at == known_at)
        .where(register_runs.c.policy_sha256 == policy_sha256)
        .order_by(register_runs.c.run_no)
        .limit(1)
    ).one_or_none()
    return Run(row.run_no, row.quarter, row.on_date, row.policy_id) if row else None


def summary_of(connection: sa.Connection, run: Run) -> dict[str, Any]:
    """What the run's summary holds: households, by status and by grade, credit villages and townships."""
    query = sa.select(register_runs.c.summary).where(register_runs.c.run_no == run.run_no)
    return dict(connection.execute(query).scalar_one())


def movement(connection: sa.Connection, run: Run) -> list[tuple[int, int, int, int]]:
    """(earlier status, earlier grade, grade, households) of a run; positions, -1 for none or unknown."""
    return [tuple(row) for row in connection.execute(_MOVEMENT, {"run_no": run.run_no})]


def holds(connection: sa.Connection, run: Run, *, within: str) -> bool:
    """Whether a run holds a household of an area."""
    return bool(connection.execute(_HOLDS, {"run_no": run.run_no, "within": within}).scalar_one())


def standing(connection: sa.Connection, run: Run, household_no: NDArray[np.int32]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Status and grade (-1 each where absent) of these households (ascending numbers) in a run."""
    rows = copy_out(connection, _ROWS, (run.run_no,), _ROW)
    status, grade = np.full(len(household_no), -1, np.int16), np.full(len(household_no), -1, np.int16)
    if len(rows) and len(household_no):
        place = np.minimum(np.searchsorted(household_no, rows["household"]), len(household_no) - 1)
        same = household_no[place] == rows["household"]
        status[place[same]], grade[place[same]] = rows["status"][same], rows["grade"][same]
    return status, grade


def write_run(
    connection: sa.Connection,
    *,
    on: date,
    quarter: str,
    policy_id: str,
    policy_sha256: str,
    known_at: datetime,
    recorded_at: datetime,
    summary: Mapping[str, Any],
) -> int:
    """Begin a run; its number."""
    values = {
        "on_date": on,
        "quarter": quarter,
        "policy_id": policy_id,
        "policy_sha256": policy_sha256,
        "known_at": known_at,
        "recorded_at": recorded_at,
        "summary": dict(summary),
    }
    return int(connection.execute(register_runs.insert().returning(register_runs.c.run_no), values).scalar_one())


def write_rows(
    connection: sa.Connection,
    run_no: int,
    *,
    household_no: NDArray[np.int32],
    villages: NDArray[Any],
    status: NDArray[Any],
    grade: NDArray[Any],
    score: NDArray[Any],
    previous: tuple[NDArray[Any], NDArray[Any]],
) -> None:
    """Append a run's rows; arrays (n_rows,). A row's limit follows from its grade and the run's policy."""
    columns = [
        integers(np.full(len(household_no), run_no), ">i4"),
        integers(household_no, ">i4"),
        texts([str(village) for village in villages]),
        integers(status, ">i2"),
        integers(grade, ">i2"),
        integers(score, ">i2"),
        integers(previous[1], ">i2"),
        integers(previous[0], ">i2"),
    ]
    copy_in(connection, _TARGET, columns)


def villages_of(connection: sa.Connection) -> dict[str, tuple[str, str]]:
    """Every village and township: code to (zh, en) name."""
    rows = connection.execute(sa.select(areas.c.code, areas.c.name_zh, areas.c.name_en).order_by(areas.c.code))
    return {row.code: (row.name_zh, row.name_en) for row in rows}
