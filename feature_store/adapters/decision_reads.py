"""Everything that banks' calls read of their households, sent at once; the households are held for them meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from feature_store.adapters import closing_tables, consents, objections, promotions, read_file
from feature_store.adapters.consents import Consent
from feature_store.adapters.kept_lists import ListsOf
from feature_store.adapters.layouts import Layouts
from feature_store.adapters.promotions import Promotion
from feature_store.adapters.suspensions import Suspension
from feature_store.adapters.together import Asked, Sent, together
from scoring.credit_file import CreditFile
from scoring.policy.schema import Policy

_BEFORE, _BACK = Asked("SAVEPOINT reads"), Asked("ROLLBACK TO SAVEPOINT reads")


@dataclass(frozen=True, slots=True)
class ReadFor:
    """For whom is read: a household, and the consent that a bank names."""

    household_id: str
    tenant: str
    reference: str


@dataclass(frozen=True, slots=True)
class DecisionReads:
    """What was read for one call.

    held: nobody else decides on the household meanwhile, or its bank has no consent of it. consent: the bank's by its reference,
    whosever it is; None where there is none. files: one a day, None where the household was not yet registered.
    open_elsewhere: another bank's decision is open. marks: what objections say of its data.
    """

    held: bool
    consent: Consent | None
    files: list[CreditFile | None]
    open_elsewhere: bool
    marks: list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Standing:
    """Which model advises. promotion: None for none. suspension: of its opinion, None where it is given.

    known: False where neither could be read.
    """

    promotion: Promotion | None
    suspension: Suspension | None
    known: bool


def read(
    connection: sa.Connection,
    calls: Sequence[ReadFor],
    *,
    days: Sequence[date],
    known_at: datetime,
    policy: Policy,
    layouts: Layouts,
    lists: ListsOf,
) -> tuple[list[DecisionReads], Standing]:
    """Read what decisions rest on, each of another household.

    Where the bank's consent is the household's own, nobody else decides on it until the transaction ends, and what is read was
    read after whoever did. One call waits for that; of several none waits, and those that would are not ``held``.
    """
    ids = [one.household_id for one in calls]
    whose = {
        "households": ids,
        "tenants": [one.tenant for one in calls],
        "references": [one.reference for one in calls],
    }
    hold = closing_tables.HOLD_CONSENTED if len(calls) == 1 else closing_tables.TRY_CONSENTED
    binding: tuple[Sent, ...] = (
        (hold, whose | {"space": closing_tables.SPACE}),
        (closing_tables.ELSEWHERE, whose | {"now": known_at}),
        (consents.FIND_EACH, whose),
        (objections.MARKS_OF, whose),
        *read_file.asked_for(ids, days=days, known_at=known_at),
    )
    known = True
    try:
        _, promoted, *found = together(connection, (_BEFORE, {}), (promotions.STANDING, {}), *binding)
    except sa.exc.ProgrammingError:  # of the advisory read alone: the binding part goes on without it
        promoted, known = (), False
        _, *found = together(connection, (_BACK, {}), *binding)
    tried, elsewhere, consented, marked, *filed = found
    files = read_file.told(connection, filed, days=days, policy=policy, layouts=layouts, lists=lists)
    consent_of, marks_of = consents.told(consented), objections.marks_told(marked)
    refused = {row.place for row in tried if len(calls) > 1 and not row.held}
    open_at = {row.place for row in elsewhere}
    reads = [
        DecisionReads(
            held=place not in refused,
            consent=consent_of.get((one.tenant, one.reference)),
            files=files.get(one.household_id) or [None] * len(days),
            open_elsewhere=place in open_at,
            marks=marks_of.get(one.household_id, []),
        )
        for place, one in enumerate(calls, start=1)
    ]
    return reads, Standing(promotions.told(promoted), promotions.suspended(promoted), known)
