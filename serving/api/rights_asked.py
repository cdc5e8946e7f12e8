"""What callers send about a household's rights: closed models with limits."""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BeforeValidator, Field

from serving.api.asked import Amount, Closed, HouseholdId, Reference
from serving.objections import MOST_STATEMENT, About, Outcome
from serving.overrides import OverrideOutcome
from serving.uses import Use

Day = Annotated[date, Field(ge=date(1950, 1, 1), le=date(2100, 12, 31), examples=["2021-04-15"])]
Tenant = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$", examples=["lushi-rcb"])]


def _text(value: object) -> object:
    """Words that can be kept: not blank, without halves of characters or control characters but line breaks."""
    if isinstance(value, str):
        value = value.strip()
        if not value or any(unicodedata.category(one) in ("Cc", "Cs") and one not in "\n\r\t" for one in value):
            raise ValueError("not a text")
    return value


class Nothing(Closed):
    """An empty object: the address says everything."""


class ConsentAsked(Closed):
    """A consent. tenant: the bank that may use the file; a bank leaves it out. until: the last day, inclusive."""

    reference: Reference
    household_id: HouseholdId
    tenant: Tenant | None = None
    purpose: Use
    granted_on: Day
    until: Day


Words = Annotated[str, BeforeValidator(_text), Field(min_length=1, max_length=MOST_STATEMENT)]


class ObjectionAsked(Closed):
    """An objection: to a datum (name the indicator), to a decision, or for review by a person; in one's own words."""

    household_id: HouseholdId
    about: About
    indicator: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")] | None = None
    decision_id: UUID | None = None
    statement: Words


class OutcomeAsked(Closed):
    """How an objection ends, and the written answer to the person."""

    outcome: Outcome
    answer: Words


class OverrideAsked(Closed):
    """What a person decides instead, why, and the last day on which it counts. limit_cny: yuan, only where it lends."""

    outcome: OverrideOutcome
    limit_cny: Amount | None = None
    why: Annotated[str, BeforeValidator(_text), Field(min_length=1, max_length=500)]
    expires_on: Day
