"""Everything that a bank's call reads of one household, sent at once; the household is held for it meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from feature_store.adapters import closing_tables, consents, objections, promotions, read_file
from feature_store.adapters.consents import Consent
from feature_store.adapters.layouts import Layouts
from feature_store.adapters.promotions import Promotion
from feature_store.adapters.suspensions import Suspension
from feature_store.adapters.together import Asked, Sent, together
from scoring.credit_file import CreditFile
from scoring.policy.schema import Policy

_BEFORE, _BACK = Asked("SAVEPOINT reads"), Asked("ROLLBACK TO SAVEPOINT reads")


@dataclass(frozen=True, slots=True)
class DecisionReads:
    """What was read.

    consent: the bank's by its reference, whosever it is; None where there is none. files: one a day, None where the
    household was not yet registered. open_elsewhere: another bank's decision is open. marks: what objections say of its
    data. promotion: which model advises; None for none. suspension: of its opinion; None where it is given. promotion_known: False
    where neither could be read.
    """

    consent: Consent | None
    files: list[CreditFile | None]
    open_elsewhere: bool
    marks: list[dict[str, str]]
    promotion: Promotion | None
    suspension: Suspension | None
    promotion_known: bool


def read(
    connection: sa.Connection,
    household_id: str,
    *,
    tenant: str,
    reference: str,
    days: Sequence[date],
    known_at: datetime,
    policy: Policy,
    layouts: Layouts,
) -> DecisionReads:
    """Read what a decision rests on; where the bank's consent is this household's, nobody else decides on it until the
    transaction ends, and what is read was read after whoever did.
    """
    whose = {"household_id": household_id, "tenant": tenant, "reference": reference}
    binding: tuple[Sent, ...] = (
        (closing_tables.HOLD_CONSENTED, whose | {"space": closing_tables.SPACE}),
        (closing_tables.ELSEWHERE, whose | {"now": known_at}),
        (consents.FIND, whose),
        (objections.MARKS_OF, whose),
        *read_file.asked_for(household_id, days=days, known_at=known_at, policy=policy),
    )
    known = True
    try:
        _, promoted, *found = together(connection, (_BEFORE, {}), (promotions.STANDING, {}), *binding)
    except sa.exc.ProgrammingError:  # of the advisory read alone: the binding part goes on without it
        promoted, known = (), False
        _, *found = together(connection, (_BACK, {}), *binding)
    _, ((elsewhere,),), consent, marks, *file = found
    return DecisionReads(
        consent=consents.told(consent),
        files=read_file.told(connection, household_id, file, days=days, policy=policy, layouts=layouts),
        open_elsewhere=bool(elsewhere),
        marks=objections.marks_told(marks),
        promotion=promotions.told(promoted),
        suspension=promotions.suspended(promoted),
        promotion_known=known,
    )
