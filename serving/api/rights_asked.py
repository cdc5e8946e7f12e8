"""What callers send about a household's rights: closed models with limits."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, JsonValue

from serving.api.asked import TEXT, Amount, Closed, Day, HouseholdId, Reference
from serving.consents.uses import Use
from serving.rights.objections import MOST_STATEMENT, About, Outcome
from serving.rights.overrides import OverrideOutcome

Tenant = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$", examples=["lushi-rcb"])]


class Nothing(Closed):
    """An empty object: the address says everything."""


_CONSENT: dict[str, JsonValue] = {
    "reference": "consent-2021-000123",
    "household_id": "411299101203-0042",
    "purpose": "credit_decision",
    "granted_on": "2021-04-01",
    "until": "2024-03-31",
}
_OBJECTION: dict[str, JsonValue] = {
    "household_id": "411299101203-0042",
    "about": "datum",
    "indicator": "late_1_30",
    "statement": "这笔逾期不是我的",
}
_OVERRIDE: dict[str, JsonValue] = {
    "outcome": "decline",
    "why": "the barn burnt down after the credit file was reported",
    "expires_on": "2021-05-15",
}


class ConsentAsked(Closed):
    """A consent. tenant: the bank that may use the file; a bank leaves it out. until: the last day, inclusive."""

    model_config = ConfigDict(json_schema_extra={"examples": [_CONSENT]})

    reference: Reference
    household_id: HouseholdId
    tenant: Tenant | None = None
    purpose: Use
    granted_on: Day
    until: Day


Words = Annotated[str, Field(pattern=TEXT, max_length=MOST_STATEMENT), AfterValidator(str.strip)]


class ObjectionAsked(Closed):
    """An objection: to a datum (name the indicator), to a decision, or for review by a person; in one's own words."""

    model_config = ConfigDict(json_schema_extra={"examples": [_OBJECTION]})

    household_id: HouseholdId
    about: About
    indicator: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")] | None = None
    decision_id: UUID | None = None
    statement: Words


class OutcomeAsked(Closed):
    """How an objection ends, and the written answer to the person."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"outcome": "corrected", "answer": "已更正"}]})

    outcome: Outcome
    answer: Words


class OverrideAsked(Closed):
    """What a person decides instead, why, and the last day on which it counts. limit_cny: yuan, only where it lends."""

    model_config = ConfigDict(json_schema_extra={"examples": [_OVERRIDE]})

    outcome: OverrideOutcome
    limit_cny: Amount | None = None
    why: Annotated[str, Field(pattern=TEXT, max_length=500), AfterValidator(str.strip)]
    expires_on: Day
