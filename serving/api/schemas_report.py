"""What the subject's own report holds, described for callers' generators."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from scoring.grade import Status
from serving.api.schemas import Answered, Binding, Grade, Money, Said
from serving.api.schemas_rights import ConsentAnswer, DatumMark, ObjectionAnswer, OverrideAnswer, Right
from serving.api.schemas_state import PathShown


class SourceSaid(Said):
    """Where a datum comes from."""

    id: str


class NotHeld(Answered):
    """An indicator of which nothing is held."""

    indicator: str
    label: Said


class DatumHeld(NotHeld):
    """A datum: its value, from whom, true when, known since when. usable: false where it is too old to count."""

    value: str
    value_in_words: Said
    source: SourceSaid
    observed_on: date
    recorded_on: date
    valid_until: date | None
    evidence_id: str | None
    usable: bool
    marks: list[DatumMark]


class LoanHeld(Answered):
    """A loan as its bank stated it."""

    loan_id: str
    bank: str
    disbursed_on: date
    amount_cny: Money
    term_months: int
    purpose: Said
    recorded_on: date


class DecisionErased(Answered):
    """Who asked, and when; the content was erased after its retention."""

    decision_id: UUID
    tenant: str | None
    recorded_at: datetime
    erased: Literal[True]


class DecisionInBrief(Answered):
    """Who asked, when, what for, with what outcome. use: what the consent was for; null in older records."""

    decision_id: UUID
    tenant: str | None
    recorded_at: datetime
    erased: Literal[False]
    use: Said | None
    purpose: str
    purpose_label: Said
    amount_cny: Money
    status: Status
    grade: Grade | None
    offered: bool


class ReportAnswer(Answered):
    """Everything that is held about a household. number_in_year: of its reports; synthetic: said of an invented household."""

    report_id: UUID
    household_id: str
    year: int
    number_in_year: Annotated[int, Field(ge=1)]
    free: bool
    issued_by: str
    issued_at: datetime
    county: Said
    village_code: str
    village: Said
    synthetic: Said | None
    state: Binding
    path: PathShown | None
    data: list[DatumHeld]
    not_held: list[NotHeld]
    loans: list[LoanHeld]
    decisions: list[DecisionErased | DecisionInBrief]
    consents: list[ConsentAnswer]
    objections: list[ObjectionAnswer]
    overrides: list[OverrideAnswer]
    rights: list[Right]
