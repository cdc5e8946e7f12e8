"""Objections a page at a time: for whoever may see them, and for operators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from feature_store.adapters import objections
from feature_store.adapters.objections import Objection, Seen
from feature_store.filing import civil_day
from serving.access.callers import Caller
from serving.access.roles import OF_A_BANK, WITHIN_AREA
from serving.wiring import Parts


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which objections are listed. open_only: None for open and answered ones; after: a log index, exclusive."""

    open_only: bool | None = None
    household_id: str | None = None
    after: int = -1
    most: int = 100
    overdue: bool = False


def list_objections(wanted: Wanted, parts: Parts, *, caller: Caller | None) -> tuple[Sequence[Objection], date]:
    """Objections that the caller may see, oldest first, and today in the county.

    caller: None for an operator at the machine, who sees all.

    Raises:
        StoreUnavailable: where the database is away.
    """
    seen = Seen()
    if caller is not None and caller.role in OF_A_BANK:
        seen = Seen(tenant=caller.tenant)
    elif caller is not None and caller.role in WITHIN_AREA:
        seen = Seen(area=caller.area)
    with parts.store.looking(parts.clock.now()) as moment:
        on = civil_day(moment.known_at)
        found = objections.page(
            moment.connection,
            seen,
            on=on,
            known_at=moment.known_at,
            open_only=wanted.open_only,
            household_id=wanted.household_id,
            after=wanted.after,
            most=wanted.most,
            overdue=wanted.overdue,
        )
        return found, on
