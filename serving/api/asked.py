"""What callers send: closed models with limits; a field that does not exist is an error."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from fastapi import Header
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from scoring.terms import Request
from serving.closing import Cause

HouseholdId = Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z-]{0,39}$", examples=["411299101203-0042"])]
Purpose = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$", examples=["livestock"])]

IdempotencyKey = Annotated[
    str | None,
    Header(alias="Idempotency-Key", pattern=r"^[!-~]{1,100}$", description="Of your own choice, fresh for each call."),
]


def _ascii(value: object) -> object:
    """Numbers are written with the digits 0 to 9 only; other scripts' digits are easily misread."""
    if isinstance(value, str) and not value.isascii():
        raise ValueError("digits of another script")
    return value


Amount = Annotated[Decimal, BeforeValidator(_ascii), Field(gt=0, max_digits=12, decimal_places=2, examples=[30000])]
Months = Annotated[int, Field(ge=1, le=360, strict=True, examples=[24])]
Reference = Annotated[str, Field(pattern=r"^[0-9A-Za-z._:/-]{1,100}$", examples=["consent-2021-000123"])]


class Closed(BaseModel):
    """A model that refuses fields it does not know."""

    model_config = ConfigDict(extra="forbid")


class Loan(Closed):
    """A loan asked for: purpose, amount in yuan, term in whole months."""

    purpose: Purpose
    amount_cny: Amount
    term_months: Months

    def as_request(self) -> Request:
        return Request(self.purpose, self.amount_cny, self.term_months)


class DecisionAsked(Loan):
    """The bank's call before disbursement."""

    household_id: HouseholdId
    consent_reference: Reference


class ClosingAsked(Closed):
    """How a decision ended."""

    cause: Cause


class ItemAsked(DecisionAsked):
    """One call of many, with the key by which it may be repeated."""

    idempotency_key: Annotated[str, Field(pattern=r"^[!-~]{1,100}$")] | None = None


class ManyAsked(Closed):
    """Many calls at once; each is read by itself, so that one that is wrong spoils no other."""

    decisions: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=500)]


class AssessmentAsked(Closed):
    """A credit file to assess without recording anything. values: indicator id to value as written."""

    values: dict[str, str | int | float | bool | None] = Field(max_length=1000)
    on: date | None = None
    request: Loan | None = None
