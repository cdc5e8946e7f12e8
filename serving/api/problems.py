"""One shape for every error: RFC 9457 problem details. What a caller sent is never repeated."""

from __future__ import annotations

from typing import Any

from fastapi.responses import JSONResponse
from pydantic import BaseModel

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


def not_signed_in() -> JSONResponse:
    """The one answer to whoever proves nothing, whatever was wrong with it."""
    answer = problem(
        401, "key-needed", "Send a live key (Authorization: Bearer lushi_…), or sign in with POST /v1/sessions."
    )
    answer.headers["WWW-Authenticate"] = 'Bearer realm="lushi"'
    return answer


def wait(kind: str, detail: str, seconds: int) -> JSONResponse:
    """The answer to whoever asks for too much: how many seconds to wait."""
    answer = problem(429, kind, detail)
    answer.headers["Retry-After"] = str(seconds)
    return answer


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
