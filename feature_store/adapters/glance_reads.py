"""What one look at a household reads beside its state, sent at once: names of its area, consents, its file and grade of before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from feature_store.adapters import consents, read_file
from feature_store.adapters.area_names import NAMES, Names, names_told
from feature_store.adapters.closing_tables import ELSEWHERE
from feature_store.adapters.consents import Consent
from feature_store.adapters.kept_lists import ListsOf
from feature_store.adapters.layouts import Layouts
from feature_store.adapters.together import Asked, Rows, Sent, together
from scoring.credit_file import CreditFile
from scoring.policy.schema import Policy

_GRADED = Asked("""
    SELECT run.quarter, run.on_date, run.policy_sha256, g.status, g.grade
    FROM (SELECT * FROM register_runs WHERE quarter < :quarter ORDER BY quarter DESC, run_no DESC LIMIT 1) run
    JOIN households h ON h.household_id = :household_id
    JOIN register g ON g.run_no = run.run_no AND g.household_no = h.household_no""")


@dataclass(frozen=True, slots=True)
class Registered:
    """A household in a recorded grading. status, grade: positions in ``STATUSES`` and in the policy's grades; -1 for none."""

    quarter: str
    on: date
    policy_sha256: str
    status: int
    grade: int


@dataclass(frozen=True, slots=True)
class Then:
    """A day of before, and when it is looked at from. lists: complete lists as known then."""

    on: date
    known_at: datetime
    policy: Policy
    lists: ListsOf


@dataclass(frozen=True, slots=True)
class GlanceReads:
    """names: of the areas. file: of the day before; None where there is none. graded: in the newest earlier quarter.

    open_elsewhere: another tenant's decision on the household is open; False where no tenant asks.
    """

    names: Names
    consents: list[Consent]
    graded: Registered | None
    file: CreditFile | None
    open_elsewhere: bool


def read(
    connection: sa.Connection,
    household_id: str,
    *,
    tenant: str | None,
    now: datetime,
    codes: tuple[str, ...],
    before_quarter: str,
    then: Then | None,
    layouts: Layouts,
) -> GlanceReads:
    """Read it. tenant: whose consents; None for every bank's. now: of the look. then: None for no file of before."""
    whose = {"household_id": household_id, "tenant": tenant}
    file: tuple[Sent, ...] = ()
    if then is not None:
        file = read_file.asked_for([household_id], days=[then.on], known_at=then.known_at)
    asking = {"households": [household_id], "tenants": [tenant], "now": now}
    elsewhere: tuple[Sent, ...] = ((ELSEWHERE, asking),) if tenant is not None else ()
    names, consented, graded, *rows = together(
        connection,
        (NAMES, {"codes": list(codes)}),
        (consents.OF_HOUSEHOLD, whose),
        (_GRADED, {"household_id": household_id, "quarter": before_quarter}),
        *elsewhere,
        *file,
    )
    open_elsewhere = bool(rows.pop(0)) if elsewhere else False
    return GlanceReads(
        names=names_told(names),
        consents=[Consent(*row) for row in consented],
        graded=Registered(*graded[0]) if graded else None,
        file=_file(connection, household_id, rows, then=then, layouts=layouts) if then is not None else None,
        open_elsewhere=open_elsewhere,
    )


def _file(
    connection: sa.Connection, household_id: str, rows: Sequence[Rows], *, then: Then, layouts: Layouts
) -> CreditFile | None:
    files = read_file.told(connection, rows, days=[then.on], policy=then.policy, layouts=layouts, lists=then.lists)
    return files.get(household_id, [None])[0]
