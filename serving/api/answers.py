"""Which error is answered with which problem: one table for single calls and for each item of many."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from feature_store.adapters.connect import StoreUnavailable
from scoring.errors import CreditFileInvalid, LushiError, PolicyNotInForce
from scoring.validate import Problem
from serving.access.callers import Forbidden
from serving.api.problems import Fault, problem
from serving.decide import KeyInUse, KeyReused, UnknownHousehold
from serving.ledger.proofs import NoSuchProof
from serving.purposes import UnknownPurpose
from serving.replay import UnknownDecision
from serving.turns import TooBusy


def answer_of(error: Exception) -> JSONResponse:
    """The problem that an error is answered with."""
    return next(answer for kind, answer in ANSWERS if isinstance(error, kind))(error)


def install(app: FastAPI) -> None:
    """Make every error of the app a problem response."""

    async def handler(_: Request, error: Exception) -> JSONResponse:
        return answer_of(error)

    for kind, _ in ANSWERS:
        app.add_exception_handler(kind, handler)


def _invalid(error: RequestValidationError) -> JSONResponse:
    faults = [_fault(one) for one in error.errors()]
    if any(one["type"] == "json_invalid" for one in error.errors()):
        return problem(400, "unreadable", "The body is not JSON. Send one JSON object in UTF-8.")
    return problem(422, "invalid", "One or more fields are not valid; each is listed under 'errors'.", faults[:100])


_MENDS = {
    "missing": ("is missing", "Send the field"),
    "extra_forbidden": ("is a field that does not exist", "Remove it"),
    "string_pattern_mismatch": ("is not written as it must be", "See the field's pattern in the API description"),
    "uuid_parsing": ("is not a decision id", "Use the decision_id of an answer"),
    "date_from_datetime_parsing": ("is not a date", "Write it as YYYY-MM-DD"),
    "date_parsing": ("is not a date", "Write it as YYYY-MM-DD"),
}
_FIELDS = frozenset(
    [
        "body",
        "path",
        "query",
        "header",
        "Idempotency-Key",
        "household_id",
        "decision_id",
        "purpose",
        "amount_cny",
        "term_months",
        "consent_reference",
        "values",
        "request",
        "on",
        "index",
        "first",
        "second",
    ]
)


def _fault(error: dict[str, Any]) -> Fault:
    """Where and what, from pydantic's error; names that the caller made up are not repeated."""
    where = ".".join(str(part) if part in _FIELDS else "?" for part in error["loc"]) or "body"
    what, mend = _MENDS.get(error["type"], ("is not valid", "Correct it as the API description says"))
    limit = {key: value for key, value in (error.get("ctx") or {}).items() if key in _LIMITS}
    if limit and error["type"] not in _MENDS:
        mend = "; ".join(f"{_LIMITS[key]} {value}" for key, value in sorted(limit.items()))
    return Fault(where=where, what=what, mend=mend)


_LIMITS = {
    "gt": "It must be above",
    "ge": "It must be at least",
    "le": "It must be at most",
    "lt": "It must be below",
    "max_length": "Its length must be at most",
    "min_length": "Its length must be at least",
    "decimal_places": "Decimals at most",
    "max_digits": "Digits at most",
}


def _credit_file(error: CreditFileInvalid) -> JSONResponse:
    problems = [one for one in error.problems if isinstance(one, Problem)]
    faults = [Fault(where=f"values.{one.indicator}", what=one.what, mend=one.mend) for one in problems]
    return problem(422, "credit-file-invalid", "Values of the credit file are not allowed by the policy.", faults[:200])


def _purpose(error: UnknownPurpose) -> JSONResponse:
    fault = Fault(where="body.purpose", what="is not listed", mend=f"Use one of: {', '.join(error.purposes)}")
    return problem(422, "unknown-purpose", "The purpose is not one that the policy lists.", [fault])


def _http(error: HTTPException) -> JSONResponse:
    word = _WORDS.get(error.status_code, "http")
    return problem(error.status_code, word, _HINTS.get(error.status_code, "See the API description."))


def _internal(_: Exception) -> JSONResponse:
    return problem(500, "internal", "The call failed on our side; report the time of the call.")


def _said(status: int, kind: str) -> Callable[[Exception], JSONResponse]:
    """An error whose own words may be shown."""
    return lambda error: problem(status, kind, _sentence(error))


_WORDS = {400: "unreadable", 404: "not-found", 405: "method-not-allowed", 413: "too-large", 415: "not-json"}
_HINTS = {
    400: "The request could not be read. Send one JSON object in UTF-8.",
    404: "There is nothing at this address; the API description at /openapi.json lists every address.",
    405: "This address does not take this method; see /openapi.json.",
}


def _sentence(error: Exception) -> str:
    words = str(error)
    return words[:1].upper() + words[1:] + "."


ANSWERS: tuple[tuple[type[Exception], Callable[[Any], JSONResponse]], ...] = (
    (RequestValidationError, _invalid),
    (CreditFileInvalid, _credit_file),
    (UnknownHousehold, _said(404, "unknown-household")),
    (UnknownDecision, _said(404, "unknown-decision")),
    (NoSuchProof, _said(404, "no-such-proof")),
    (Forbidden, _said(403, "not-allowed")),
    (KeyInUse, _said(409, "key-in-use")),
    (KeyReused, _said(422, "key-reused")),
    (PolicyNotInForce, _said(409, "policy-not-in-force")),
    (UnknownPurpose, _purpose),
    (StoreUnavailable, _said(503, "store-unavailable")),
    (TooBusy, _said(503, "too-busy")),
    (HTTPException, _http),
    (LushiError, _internal),
    (Exception, _internal),
)
"""The first kind that fits an error answers it."""
