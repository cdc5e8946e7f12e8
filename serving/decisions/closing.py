"""One live application per household: whether another bank's is open, and how a bank closes its own.

A decision whose terms were offered is open until it is closed, until its bank decides on the household again, or
until its terms end.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from feature_store.adapters import closing_tables
from feature_store.adapters.closing_tables import Closing
from feature_store.adapters.decision_reads import DecisionReads
from scoring.assess import Assessment
from scoring.canonical import canonical
from scoring.errors import LushiError
from serving.access.callers import Caller
from serving.ledger import log
from serving.ledger import postgres as ledger
from serving.wiring import Parts

OPEN_DAYS = 90
"""Days for which offered terms stand where nobody closes them. No source states a number: this one is assumed."""


class OpenElsewhere(LushiError):
    """Another bank's decision on the household is open."""


class NothingToClose(LushiError):
    """A decision that offered no terms, so that it was never open."""


class ClosedOtherwise(LushiError):
    """A decision that is closed already, with another cause."""


class Cause(StrEnum):
    """Why a decision is no longer open."""

    DISBURSED = "disbursed"
    DECLINED_BY_HOUSEHOLD = "declined_by_household"
    WITHDRAWN_BY_BANK = "withdrawn_by_bank"
    SUPERSEDED = "superseded"


def check_only_here(reads: DecisionReads) -> None:
    """Make sure that no other bank's decision on the household is open.

    It is held while that is read: of two banks that ask at once the second sees what the first was told.

    Raises:
        OpenElsewhere: without saying where, since or until when.
    """
    if reads.open_elsewhere:
        raise OpenElsewhere(
            "another application of this household is open; it must be closed first, or end by itself, before a new one"
        )


def offered_until(assessment: Assessment, recorded_at: datetime) -> datetime | None:
    """Until when the offered terms stand unless closed; None where none are offered."""
    return recorded_at + timedelta(days=OPEN_DAYS) if assessment.terms.offer is not None else None


def close_decision(decision_id: UUID, cause: Cause, parts: Parts, *, caller: Caller) -> Closing:
    """Record how a bank's decision ended; again with the same cause is the same closing.

    Raises:
        UnknownDecision: where there is none that the caller may see.
        NothingToClose, ClosedOtherwise: where it was never open, or ended otherwise.
        StoreUnavailable: where the database is away; then nothing is recorded.
    """
    with parts.store.moment(parts.clock.now) as moment:
        ledger.seen_by(moment, decision_id, caller)
        connection, at = moment.connection, moment.known_at
        if not closing_tables.offered(connection, decision_id):
            raise NothingToClose("no terms were offered with this decision, so there is nothing to close")
        if closing_tables.close(connection, decision_id, cause=cause.value, recorded_at=at, by=caller.client_id):
            said = {"decision_id": str(decision_id), "cause": cause.value, "tenant": caller.tenant}
            content = canonical(said | {"by": caller.client_id})
            log.append(connection, kind="decision_closed", recorded_at=at, content=content)
        found = closing_tables.closing_of(connection, decision_id)
        if found is None or found.cause != cause:
            raise ClosedOtherwise("the decision is closed already, with another cause; what was recorded stays")
        return found


def closing_data(closing: Closing) -> dict[str, str]:
    """A closing as it is answered."""
    return {"cause": closing.cause, "recorded_at": closing.recorded_at.isoformat(), "by": closing.by}
