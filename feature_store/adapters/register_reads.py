"""A village's households, a page at a time, each with what the newest recorded grading of the county said of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from feature_store.adapters.service_tables import register_runs

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


def newest(connection: sa.Connection) -> Graded | None:
    """The newest grading of the newest quarter; None where there is none."""
    order = register_runs.c.quarter.desc(), register_runs.c.run_no.desc()
    row = connection.execute(sa.select(register_runs).order_by(*order).limit(1)).one_or_none()
    return None if row is None else Graded(row.run_no, row.quarter, row.on_date, row.policy_sha256)


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
