"""What callers send: closed models with limits; a field that does not exist is an error."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from fastapi import Header
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, WithJsonSchema

from scoring.terms import Request
from serving.decisions.closing import Cause

HouseholdId = Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z-]{0,39}$", examples=["411299101203-0042"])]
Purpose = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$", examples=["livestock"])]

IdempotencyKey = Annotated[
    str | None,
    Header(alias="Idempotency-Key", pattern=r"^[!-~]{1,100}$", description="Of your own choice, fresh for each call."),
]


_WRITTEN = re.compile(r"(0|[1-9][0-9]{0,9})(\.[0-9]{1,2})?")


def _plain(value: object) -> object:
    """An amount as text is digits 0 to 9 with a point, nothing that readers read differently; true is no amount."""
    if isinstance(value, bool) or (isinstance(value, str) and not _WRITTEN.fullmatch(value)):
        raise ValueError("not written plainly")
    return value


Amount = Annotated[
    Decimal,
    BeforeValidator(_plain),
    Field(gt=0, max_digits=12, decimal_places=2),
    WithJsonSchema(
        {
            "title": "Amount in yuan",
            "anyOf": [
                {"type": "number", "minimum": 0.01, "maximum": 9999999999.99, "multipleOf": 0.01},
                {"type": "string", "pattern": r"^(?!0(\.0{1,2})?$)(0|[1-9][0-9]{0,9})(\.[0-9]{1,2})?$"},
            ],
            "examples": [30000, "30000.00"],
        }
    ),
]


def _whole(value: object) -> object:
    """24.0 is a whole number in JSON as 24 is."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Months = Annotated[int, Field(ge=1, le=360, strict=True, examples=[24]), BeforeValidator(_whole)]
Reference = Annotated[str, Field(pattern=r"^[0-9A-Za-z._:/-]{1,100}$", examples=["consent-2021-000123"])]


_CONTROLS = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
_BLANKS = r"\t\n\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
TEXT = rf"^[^{_CONTROLS}]*[^{_CONTROLS}{_BLANKS}][^{_CONTROLS}]*$"
"""Words that can be kept: not blank, and without control characters but line breaks and tabs."""
_SPACES = r" \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_BREAKS = r"\x00-\x1f\x7f-\x9f\u2028\u2029"
LINE = rf"^[^{_BREAKS}]*[^{_BREAKS}{_SPACES}][^{_BREAKS}]*$"
"""The same in one line."""


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _written_day(value: object) -> object:
    """A day is text, never a number of seconds."""
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError("not written as a day")
    return value


Day = Annotated[date, BeforeValidator(_written_day), Field(examples=["2021-04-15"])]


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


_DECISION: dict[str, JsonValue] = {
    "household_id": "411299101203-0042",
    "purpose": "livestock",
    "amount_cny": 30000,
    "term_months": 24,
    "consent_reference": "consent-2021-000123",
}
_ITEM: dict[str, JsonValue] = {**_DECISION, "idempotency_key": "2f0c7c1e-8f5f-4d0a-9c3c-0d8f8a3f0001"}


class DecisionAsked(Loan):
    """The bank's call before disbursement."""

    model_config = ConfigDict(json_schema_extra={"examples": [_DECISION]})

    household_id: HouseholdId
    consent_reference: Reference


class ClosingAsked(Closed):
    """How a decision ended."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"cause": "disbursed"}]})

    cause: Cause


class ItemAsked(DecisionAsked):
    """One call of many, with the key by which it may be repeated."""

    idempotency_key: Annotated[str, Field(pattern=r"^[!-~]{1,100}$")] | None = None


class ManyAsked(Closed):
    """Many calls at once; each is read by itself, so that one that is wrong spoils no other.

    decisions: each as the body of a single decision, with an idempotency_key of its own beside.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [{"decisions": [_ITEM]}]})

    decisions: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=500)]


class SearchAsked(Closed):
    """An ID number to search by; what is wrong with it is told, never what it was."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"id_number": "411299198001010013"}]})

    id_number: Annotated[str, Field(min_length=1, max_length=60)]


class UnmaskingAsked(Closed):
    """Why an ID number must be seen whole, as it will stand in the log; it may name nobody."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "objection 17: wrong person"}]})

    reason: Annotated[str, Field(pattern=LINE, max_length=500)]


class AssessmentAsked(Closed):
    """A credit file to assess without recording anything. values: indicator id to value as written."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"values": {"late_1_30": 0, "borrower_age": 40}, "on": "2021-04-15"}]}
    )

    values: dict[str, str | int | float | bool | None] = Field(max_length=1000)
    on: Day | None = None
    request: Loan | None = None
