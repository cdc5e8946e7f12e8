"""The register read for one household, or a village page by page: what a recorded grading of the county said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from feature_store.adapters.fact_tables import areas
from feature_store.adapters.service_tables import register, register_runs

# A village's households are whoever is registered there now, not whoever once was.
_VILLAGE = sa.text("""
    SELECT h.household_id, g.status, g.grade
    FROM (SELECT DISTINCT household_no FROM registrations WHERE village_code = :village) once
    JOIN households h USING (household_no)
    CROSS JOIN LATERAL (
        SELECT r.village_code FROM registrations r JOIN batches b USING (batch_no)
        WHERE r.household_no = h.household_no AND r.observed_on <= :on AND b.recorded_at <= :known_at
        ORDER BY r.observed_on DESC, b.recorded_at DESC, r.seq DESC LIMIT 1) now
    LEFT JOIN register g ON g.run_no = :run_no AND g.household_no = h.household_no
    WHERE now.village_code = :village AND h.household_id > :after
      AND (CAST(:tenant AS text) IS NULL OR EXISTS (
            SELECT FROM consents c WHERE c.household_no = h.household_no AND c.tenant = :tenant
            AND :on BETWEEN c.granted_on AND c.until AND NOT EXISTS (
                SELECT FROM consent_withdrawals w WHERE (w.tenant, w.reference) = (c.tenant, c.reference))))
    ORDER BY h.household_id LIMIT :most""")


@dataclass(frozen=True, slots=True)
class Graded:
    """A recorded grading of the county: its number, quarter ('2017Q2'), day, and its policy's hash."""

    run_no: int
    quarter: str
    on: date
    policy_sha256: str


@dataclass(frozen=True, slots=True)
class Row:
    """A household in a register. status: position in ``STATUSES``, grade: in the policy's grades; -1 or None for none."""

    household_id: str
    status: int | None
    grade: int | None


def newest(connection: sa.Connection, *, before_quarter: str | None = None) -> Graded | None:
    """The newest grading of the newest quarter (before one, where it is named); None where there is none."""
    query = sa.select(register_runs)
    if before_quarter is not None:
        query = query.where(register_runs.c.quarter < before_quarter)
    order = register_runs.c.quarter.desc(), register_runs.c.run_no.desc()
    row = connection.execute(query.order_by(*order).limit(1)).one_or_none()
    return None if row is None else Graded(row.run_no, row.quarter, row.on_date, row.policy_sha256)


def of_household(connection: sa.Connection, run: Graded, household_no: int) -> tuple[int, int] | None:
    """A household's status and grade (positions) in a grading; None where it is not in it."""
    row = connection.execute(
        sa.select(register.c.status, register.c.grade)
        .where(register.c.run_no == run.run_no)
        .where(register.c.household_no == household_no)
    ).one_or_none()
    return None if row is None else (row.status, row.grade)


def of_village(
    connection: sa.Connection,
    village_code: str,
    *,
    run: Graded | None,
    on: date,
    known_at: datetime,
    tenant: str | None,
    after: str,
    most: int,
) -> list[Row]:
    """The next households after an id that are registered in a village, by id, with what a grading said of them.

    tenant: only those with a live consent to that bank; None for all.
    """
    values = {
        "village": village_code,
        "run_no": run.run_no if run else None,
        "on": on,
        "known_at": known_at,
        "tenant": tenant,
        "after": after,
        "most": most,
    }
    return [Row(*row) for row in connection.execute(_VILLAGE, values)]


def names(connection: sa.Connection, *codes: str) -> dict[str, tuple[str, str]]:
    """The (zh, en) names of villages and townships; codes that are not there are left out."""
    query = sa.select(areas.c.code, areas.c.name_zh, areas.c.name_en).where(areas.c.code.in_(codes))
    return {row.code: (row.name_zh, row.name_en) for row in connection.execute(query)}
