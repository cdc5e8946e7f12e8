"""What happened to one household over time: its grades, the banks' calls about it, who saw its ID number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

_GRADES = sa.text("""
    SELECT run.run_no, run.quarter, run.on_date, run.policy_id, run.policy_sha256, g.status, g.grade, g.score
    FROM (SELECT * FROM register_runs ORDER BY run_no DESC LIMIT :most) run
    JOIN register g ON g.run_no = run.run_no AND g.household_no = :household_no ORDER BY run.run_no DESC""")
_CALLS = sa.text("""
    SELECT d.entry_no, d.decision_id, d.tenant, d.recorded_at, c.said IS NULL AS erased,
        c.said->'client'->>'client_id' AS by, c.said->'binding'->>'status' AS status, c.said->'binding'->>'grade' AS grade,
        CAST(c.said->'binding'->>'score' AS integer) AS score, c.said->'request'->>'purpose' AS purpose,
        CAST(c.said->'request'->>'amount_cny' AS numeric) AS amount_cny, d.offered, k.cause AS closing
    FROM decisions d
    LEFT JOIN LATERAL (
        SELECT CAST(convert_from(l.content, 'UTF8') AS jsonb) AS said FROM log_contents l WHERE l.index = d.entry_no) c ON true
    LEFT JOIN closings k USING (decision_id)
    WHERE d.household_no = :household_no AND d.entry_no < :before ORDER BY d.entry_no DESC LIMIT :most""")
# The kind's own index holds the few entries that are looked through.
_UNMASKED = sa.text("""
    SELECT e.index AS entry_no, e.recorded_at, c.said->>'client_id' AS by, c.said->>'role' AS role, c.said->>'reason' AS reason
    FROM log_entries e JOIN LATERAL (
        SELECT CAST(convert_from(l.content, 'UTF8') AS jsonb) AS said FROM log_contents l WHERE l.index = e.index) c ON true
    WHERE e.kind = 'unmasked' AND c.said->>'household_id' = :household_id ORDER BY e.index DESC LIMIT :most""")
LAST = 2**62
"""Above every index of the log."""


@dataclass(frozen=True, slots=True)
class Registered:
    """A household in a recorded grading. status, grade: positions in ``STATUSES`` and in the policy's grades; -1 for none."""

    run_no: int
    quarter: str
    on: date
    policy_id: str
    policy_sha256: str
    status: int
    grade: int
    score: int


@dataclass(frozen=True, slots=True)
class Call:
    """A bank's call that was decided. erased: its content went after its time; then what it said is None.

    amount_cny: yuan. closing: how it ended; None while it has not.
    """

    entry_no: int
    decision_id: UUID
    tenant: str | None
    recorded_at: datetime
    erased: bool
    by: str | None
    status: str | None
    grade: str | None
    score: int | None
    purpose: str | None
    amount_cny: object
    offered: bool
    closing: str | None


@dataclass(frozen=True, slots=True)
class Unmasked:
    """Somebody saw the household's ID number: who, in which role, why, and the entry of the log."""

    entry_no: int
    recorded_at: datetime
    by: str
    role: str
    reason: str


def grades(connection: sa.Connection, household_no: int, *, most: int) -> list[Registered]:
    """What the newest gradings of the county, at most so many, said of a household; newest first."""
    return [Registered(*row) for row in connection.execute(_GRADES, {"household_no": household_no, "most": most})]


def calls(connection: sa.Connection, household_no: int, *, before: int = LAST, most: int) -> list[Call]:
    """Decisions on a household before an entry of the log, newest first."""
    values = {"household_no": household_no, "before": before, "most": most}
    return [Call(*row) for row in connection.execute(_CALLS, values)]


def unmaskings(connection: sa.Connection, household_id: str, *, most: int) -> list[Unmasked]:
    """Who saw the household's ID number by itself, newest first; numbers shown in bulk stand in the log as one entry."""
    values = {"household_id": household_id, "most": most}
    return [Unmasked(*row) for row in connection.execute(_UNMASKED, values)]
