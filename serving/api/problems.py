"""One shape for every error: RFC 9457 problem details. What a caller sent is never repeated."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from feature_store.adapters.connect import StoreUnavailable
from scoring.errors import CreditFileInvalid, LushiError, PolicyNotInForce
from scoring.validate import Problem
from serving.access.callers import Forbidden
from serving.decide import KeyInUse, KeyReused, UnknownHousehold
from serving.ledger.proofs import NoSuchProof
from serving.purposes import UnknownPurpose
from serving.replay import UnknownDecision

MEDIA_TYPE = "application/problem+json"


class Fault(BaseModel):
    """One thing wrong with a request: where, what, and what to do."""

    where: str
    what: str
    mend: str


class ProblemDetails(BaseModel):
    """An error as RFC 9457 describes it; ``type`` is a stable word, ``errors`` lists every fault."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[Fault] = []


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of a route that may answer with these problems; every route needs a key and an allowed role."""
    statuses = (401, 403, *statuses, 429)
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}}
    return {status: {"model": ProblemDetails, "content": content, "description": TITLES[status]} for status in statuses}


TITLES = {
    400: "The request could not be read",
    401: "A key is needed",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    408: "The request came too slowly",
    409: "It cannot be done now",
    413: "The request is too large",
    415: "The content type is not JSON",
    422: "The request is not valid",
    429: "Too many calls",
    500: "An error on our side",
    503: "The service cannot answer now",
}


def problem(status: int, kind: str, detail: str, errors: list[Fault] | None = None) -> JSONResponse:
    """A problem response."""
    body = ProblemDetails(
        type=f"urn:lushi:problem:{kind}",
        title=TITLES.get(status, "Error"),
        status=status,
        detail=detail,
        errors=errors or [],
    )
    headers = {"Retry-After": "5"} if status == 503 else None
    return JSONResponse(body.model_dump(), status_code=status, media_type=MEDIA_TYPE, headers=headers)


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


def install(app: FastAPI) -> None:
    """Make every error of the app a problem response."""

    def on(kind: type[Exception], answer: Callable[[Any], JSONResponse]) -> None:
        async def handler(_: Request, error: Exception) -> JSONResponse:
            return answer(error)

        app.add_exception_handler(kind, handler)

    on(RequestValidationError, _invalid)
    on(CreditFileInvalid, _credit_file)
    on(UnknownHousehold, lambda error: problem(404, "unknown-household", _sentence(error)))
    on(UnknownDecision, lambda error: problem(404, "unknown-decision", _sentence(error)))
    on(NoSuchProof, lambda error: problem(404, "no-such-proof", _sentence(error)))
    on(Forbidden, lambda error: problem(403, "not-allowed", _sentence(error)))
    on(KeyInUse, lambda error: problem(409, "key-in-use", _sentence(error)))
    on(KeyReused, lambda error: problem(422, "key-reused", _sentence(error)))
    on(PolicyNotInForce, lambda error: problem(409, "policy-not-in-force", _sentence(error)))
    on(
        UnknownPurpose,
        lambda error: problem(
            422,
            "unknown-purpose",
            "The purpose is not one that the policy lists.",
            [Fault(where="body.purpose", what="is not listed", mend=f"Use one of: {', '.join(error.purposes)}")],
        ),
    )
    on(StoreUnavailable, lambda error: problem(503, "store-unavailable", _sentence(error)))
    on(
        HTTPException,
        lambda error: problem(
            error.status_code,
            _WORDS.get(error.status_code, "http"),
            _HINTS.get(error.status_code, "See the API description."),
        ),
    )
    on(
        LushiError,
        lambda _: problem(500, "internal", "The call failed on our side; report the time of the call."),
    )
    on(
        Exception,
        lambda _: problem(500, "internal", "The call failed on our side; report the time of the call."),
    )


_WORDS = {400: "unreadable", 404: "not-found", 405: "method-not-allowed", 413: "too-large", 415: "not-json"}
_HINTS = {
    400: "The request could not be read. Send one JSON object in UTF-8.",
    404: "There is nothing at this address; the API description at /openapi.json lists every address.",
    405: "This address does not take this method; see /openapi.json.",
}


def _sentence(error: Exception) -> str:
    words = str(error)
    return words[:1].upper() + words[1:] + "."
