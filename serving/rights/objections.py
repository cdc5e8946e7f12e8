"""A household's objections: to a datum, to a decision, or for review by a person; answered in writing within 20 days.

Law: Credit Reporting Regulation articles 16 and 25; Personal Information Protection Law articles 24 and 46.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from feature_store.adapters import objections
from feature_store.adapters.objections import Objection
from feature_store.adapters.store import Moment
from feature_store.filing import civil_day
from scoring.canonical import canonical
from scoring.errors import LushiError
from serving.access.callers import Caller
from serving.access.roles import OF_A_BANK
from serving.consents.scope import household_of, sees
from serving.ledger import log
from serving.ledger import postgres as ledger
from serving.ledger.entries import UnknownDecision
from serving.refused import Refused, Wrong
from serving.wiring import Parts

DAYS = 20
"""Days within which an objection is answered: Credit Reporting Regulation article 25."""
MOST_STATEMENT = 2000
"""Longest statement or answer, in characters [assumed]."""


class About(StrEnum):
    """What a household objects to."""

    DATUM = "datum"
    DECISION = "decision"
    HUMAN_REVIEW = "human_review"


class Outcome(StrEnum):
    """How an objection ends: the datum is corrected, it stands and the mark goes, or it cannot be confirmed."""

    CORRECTED = "corrected"
    MARK_REMOVED = "mark_removed"
    RECORDED_UNCONFIRMED = "recorded_unconfirmed"


class UnknownObjection(LushiError):
    """No objection with that id, or none that the caller may see."""

    def __init__(self) -> None:
        super().__init__("no objection with that id is recorded; check the id")


class ObjectionResolved(LushiError):
    """The objection has its outcome already."""

    def __init__(self) -> None:
        super().__init__("this objection has been answered already; a new one can be filed")


@dataclass(frozen=True, slots=True)
class Raised:
    """An objection as it is handed in. statement: in the person's own words."""

    household_id: str
    about: About
    indicator: str | None
    decision_id: UUID | None
    statement: str


def file_objection(raised: Raised, parts: Parts, *, caller: Caller) -> Objection:
    """Record an objection; from now on it marks the datum or the decision.

    Raises:
        Refused: where the datum or the decision is not named, or named where it must not be.
        UnknownHousehold, UnknownDecision: for what is not there, or not for this caller.
        StoreUnavailable: where the database is away.
    """
    with parts.store.moment(parts.clock.now) as moment:
        household = household_of(moment, raised.household_id, caller)
        on = civil_day(moment.known_at)
        faults = _wrong(raised, {one.id for one in parts.policies.in_force(on).indicators})
        if faults:
            raise Refused(faults)
        if raised.decision_id is not None:
            _check_decision(moment, raised.decision_id, household.household_no, caller)
        said: dict[str, Any] = {
            "objection_id": str(uuid4()),
            "household_id": raised.household_id,
            "about": raised.about.value,
            "indicator": raised.indicator,
            "decision_id": str(raised.decision_id) if raised.decision_id else None,
            "filed_by": caller.client_id,
            "tenant": caller.tenant if caller.role in OF_A_BANK else None,
            "due_on": (on + timedelta(days=DAYS)).isoformat(),
            "statement": raised.statement,
        }
        entry = log.append(
            moment.connection, kind="objection_filed", recorded_at=moment.known_at, content=canonical(said)
        )
        objection = Objection(
            objection_id=UUID(said["objection_id"]),
            household_no=household.household_no,
            household_id=raised.household_id,
            about=raised.about.value,
            indicator=raised.indicator,
            decision_id=raised.decision_id,
            filed_by=caller.client_id,
            tenant=said["tenant"],
            recorded_at=moment.known_at,
            due_on=on + timedelta(days=DAYS),
            entry_no=entry.index,
            statement=raised.statement,
        )
        objections.add(moment.connection, objection)
        return objection


def resolve_objection(objection_id: UUID, parts: Parts, *, caller: Caller, outcome: Outcome, answer: str) -> Objection:
    """Record how an objection ends, with the written answer.

    Raises:
        UnknownObjection: where it is not there, or not for this caller.
        ObjectionResolved: where it has its outcome.
        StoreUnavailable: where the database is away.
    """
    with parts.store.moment(parts.clock.now) as moment:
        found = visible(moment, objection_id, caller)
        if found.outcome is not None:
            raise ObjectionResolved
        said = {"objection_id": str(objection_id), "household_id": found.household_id, "outcome": outcome.value}
        content = canonical(said | {"by": caller.client_id, "answer": answer})
        entry = log.append(moment.connection, kind="objection_resolved", recorded_at=moment.known_at, content=content)
        if not objections.settle(
            moment.connection,
            objection_id,
            outcome=outcome.value,
            by=caller.client_id,
            now=moment.known_at,
            entry_no=entry.index,
        ):
            raise ObjectionResolved
        return visible(moment, objection_id, caller)


def read_objection(objection_id: UUID, parts: Parts, *, caller: Caller) -> tuple[Objection, date]:
    """An objection that the caller may see, and today in the county.

    Raises:
        UnknownObjection, StoreUnavailable.
    """
    with parts.store.looking(parts.clock.now()) as moment:
        return visible(moment, objection_id, caller), civil_day(moment.known_at)


def _wrong(raised: Raised, indicators: set[str]) -> list[Wrong]:
    found = []
    if raised.about is About.DATUM and raised.indicator is None:
        found.append(Wrong("body.indicator", "is missing", "Name the datum that is objected to"))
    if raised.about is not About.DATUM and raised.indicator is not None:
        found.append(Wrong("body.indicator", "belongs to a datum only", "Leave it out, or object to the datum"))
    if raised.indicator is not None and raised.indicator not in indicators:
        found.append(Wrong("body.indicator", "is not an indicator of the policy", "See 'by_indicator' of a decision"))
    if raised.about is About.DECISION and raised.decision_id is None:
        found.append(Wrong("body.decision_id", "is missing", "Name the decision that is objected to"))
    return found


def _check_decision(moment: Moment, decision_id: UUID, household_no: int, caller: Caller) -> None:
    """The decision is the household's and, for a bank, its own."""
    whose = ledger.whose(moment, decision_id)
    of_bank = caller.role in OF_A_BANK
    if whose is None or whose.household_no != household_no or (of_bank and whose.tenant != caller.tenant):
        raise UnknownDecision


def visible(moment: Moment, objection_id: UUID, caller: Caller) -> Objection:
    """The objection, where the caller may see it; raises :class:`UnknownObjection`."""
    found = objections.find(moment.connection, objection_id)
    if found is None:
        raise UnknownObjection
    household = moment.household(found.household_id, on=civil_day(moment.known_at))
    mine = caller.role not in OF_A_BANK or found.tenant == caller.tenant
    if household is None or not mine or not sees(moment, household, caller):
        raise UnknownObjection
    return found
