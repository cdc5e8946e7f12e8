"""What happened to one household over time, sent at once: grades, the banks' calls, rights, who saw its ID number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from feature_store.adapters import consents, objections, overrides
from feature_store.adapters.area_names import NAMES, Names, names_told
from feature_store.adapters.consents import Consent
from feature_store.adapters.objections import Objection
from feature_store.adapters.overrides import Override
from feature_store.adapters.together import Asked, together

_OWNER = Asked("""
    SELECT h.household_id FROM decisions d JOIN households h USING (household_no)
    WHERE d.decision_id = CAST(:decision_id AS uuid)""")
_GRADES = Asked("""
    SELECT run.run_no, run.quarter, run.on_date, run.policy_id, run.policy_sha256, g.status, g.grade, g.score
    FROM (SELECT * FROM register_runs ORDER BY run_no DESC LIMIT :most) run
    JOIN households h ON h.household_id = :household_id
    JOIN register g ON g.run_no = run.run_no AND g.household_no = h.household_no ORDER BY run.run_no DESC""")
# OFFSET 0: a content is read as JSON once, not anew for each of its values.
CALLS = Asked("""
    SELECT d.entry_no, d.decision_id, d.tenant, d.recorded_at, c.said IS NULL AS erased,
        c.said->'client'->>'client_id' AS by, c.said->'binding'->>'status' AS status, c.said->'binding'->>'grade' AS grade,
        CAST(c.said->'binding'->>'score' AS integer) AS score, c.said->'request'->>'purpose' AS purpose,
        CAST(c.said->'request'->>'amount_cny' AS numeric) AS amount_cny, d.offered, k.cause AS closing
    FROM decisions d
    LEFT JOIN LATERAL (
        SELECT CAST(convert_from(l.content, 'UTF8') AS jsonb) AS said FROM log_contents l WHERE l.index = d.entry_no
        OFFSET 0) c ON true
    LEFT JOIN closings k USING (decision_id)
    WHERE d.household_no = (SELECT household_no FROM households WHERE household_id = :household_id) AND d.entry_no < :before
    ORDER BY d.entry_no DESC LIMIT :most""")
# The kind's own index holds the few entries that are looked through; without OFFSET 0 every content of the log would be.
UNMASKED = Asked("""
    SELECT e.index AS entry_no, e.recorded_at, c.said->>'client_id' AS by, c.said->>'role' AS role, c.said->>'reason' AS reason
    FROM log_entries e JOIN LATERAL (
        SELECT CAST(convert_from(l.content, 'UTF8') AS jsonb) AS said FROM log_contents l WHERE l.index = e.index
        OFFSET 0) c ON true
    WHERE e.kind = 'unmasked' AND c.said->>'household_id' = :household_id ORDER BY e.index DESC LIMIT :most""")
LAST = 2**62
"""Above every index of the log."""


@dataclass(frozen=True, slots=True)
class Most:
    """How many gradings, calls and unmaskings are read at most."""

    grades: int
    calls: int
    unmaskings: int


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


@dataclass(frozen=True, slots=True)
class CaseReads:
    """owner: whose the decision is; None where there is none. names: of the areas. Lists but the overrides: newest first."""

    owner: str | None
    names: Names
    grades: list[Registered]
    calls: list[Call]
    consents: list[Consent]
    objections: list[Objection]
    overrides: list[Override]
    unmaskings: list[Unmasked]


def read(
    connection: sa.Connection,
    household_id: str,
    *,
    decision_id: UUID | None,
    codes: Sequence[str],
    calls_before: int,
    most: Most,
) -> CaseReads:
    """Read it.

    decision_id: whose owner is asked; None for none. codes: areas whose names are. calls_before: an entry of the log.
    """
    whose = {"household_id": household_id}
    owner, names, grades, calls, consented, objected, overridden, unmasked = together(
        connection,
        (_OWNER, {"decision_id": decision_id}),
        (NAMES, {"codes": list(codes)}),
        (_GRADES, whose | {"most": most.grades}),
        (CALLS, whose | {"before": calls_before, "most": most.calls}),
        (consents.OF_HOUSEHOLD, whose | {"tenant": None}),
        (objections.OF_HOUSEHOLD, whose),
        (overrides.OF_HOUSEHOLD, whose),
        (UNMASKED, whose | {"most": most.unmaskings}),
    )
    return CaseReads(
        owner=owner[0].household_id if owner else None,
        names=names_told(names),
        grades=[Registered(*row) for row in grades],
        calls=[Call(*row) for row in calls],
        consents=[Consent(*row) for row in consented],
        objections=objections.told(objected),
        overrides=overrides.told(overridden),
        unmaskings=[Unmasked(*row) for row in unmasked],
    )
