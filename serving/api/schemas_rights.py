"""What is answered about a household's rights, described for callers' generators: consents, objections, overrides, marks."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from serving.api.schemas import Absent, Answered, Money, Said, absent
from serving.consents.uses import Use
from serving.decisions.closing import Cause
from serving.rights.objections import About, Outcome
from serving.rights.overrides import OverrideOutcome


class Right(Said):
    """A right of the person. how: the call that exercises it; absent where it is asked for in person."""

    id: str
    how: str | Absent = absent()


class ConsentUsed(Answered):
    """The consent that was checked for a decision. until: its last day."""

    reference: str
    purpose: Use
    granted_on: date
    until: date


class ConsentAnswer(ConsentUsed):
    """A consent of a household to a bank. withdrawn_at: null while it was not withdrawn."""

    household_id: str
    tenant: str
    purpose_label: Said
    recorded_at: datetime
    withdrawn_at: datetime | None


MarkState = Literal["open", "recorded_unconfirmed"]


class DatumMark(Answered):
    """What an objection says of a datum: it is looked into, or it could not be confirmed."""

    indicator: str
    objection_id: UUID
    since: datetime
    state: MarkState


class DecisionMark(Answered):
    """What an objection says of a decision. indicator: of an objection to a datum, else null."""

    about: About
    indicator: str | None
    objection_id: UUID
    since: datetime
    state: MarkState


class ObjectionListed(Answered):
    """An objection without its words. tenant: the bank it was filed with; null for the service network."""

    objection_id: UUID
    household_id: str
    about: About
    indicator: str | None
    decision_id: UUID | None
    filed_by: str
    tenant: str | None
    recorded_at: datetime
    due_on: date
    state: Literal["open"] | Outcome
    overdue: bool
    answered_by: str | None
    answered_at: datetime | None


class ObjectionAnswer(ObjectionListed):
    """An objection with what was written. statement: null once erased; answer: null before it is given, and once erased."""

    statement: str | None
    answer: str | None


class ObjectionsAnswer(Answered):
    """A page of objections, oldest first. next: the 'after' of the next page; null on the last."""

    objections: list[ObjectionListed]
    next: int | None


class OverrideAnswer(Answered):
    """What people decide instead, beside a decision. It counts once another person confirmed it, through expires_on.

    limit_cny: null where nothing is lent, or where the decision's own limit stays.
    """

    override_id: UUID
    decision_id: UUID
    state: Literal["proposed", "confirmed", "expired"]
    outcome: OverrideOutcome
    limit_cny: Money | None
    why: str
    by: str
    second: str | None
    expires_on: date
    recorded_at: datetime
    confirmed_at: datetime | None


class ClosingSaid(Answered):
    """How a decision ended, and who said so."""

    cause: Cause
    recorded_at: datetime
    by: str


class ClosingAnswer(Answered):
    """A decision that is closed."""

    decision_id: UUID
    closing: ClosingSaid


class Afterwards(Answered):
    """What came after a decision: beside its record, no part of it."""

    marks: list[DecisionMark]
    overrides: list[OverrideAnswer]
    closing: ClosingSaid | None
