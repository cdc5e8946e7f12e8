"""One shape for every error: RFC 9457 problem details. What a caller sent is never repeated."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

MEDIA_TYPE = "application/problem+json"
SAFE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
"""Headers of every answer."""
ANY_KEYED = (400, 401, 403, 414, 422, 429, 431, 500, 503)
"""Problems with which every route that needs a key may answer."""


class Fault(BaseModel):
    """One thing wrong with a request: where, what, and what to do."""

    model_config = ConfigDict(extra="forbid")

    where: Annotated[str, Field(examples=["body.term_months"])]
    what: Annotated[str, Field(examples=["is not valid"])]
    mend: Annotated[str, Field(examples=["It must be at most 360"])]


class ProblemDetails(BaseModel):
    """An error as RFC 9457 describes it; ``type`` is a stable word, ``errors`` lists every fault."""

    model_config = ConfigDict(extra="forbid")

    type: Annotated[str, Field(pattern="^urn:lushi:problem:[a-z-]+$", examples=["urn:lushi:problem:invalid"])]
    title: Annotated[str, Field(examples=["The request is not valid"])]
    status: Annotated[int, Field(ge=400, le=599, examples=[422])]
    detail: str
    errors: list[Fault]


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of a route that may answer with these problems, beside those of :data:`ANY_KEYED`."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}}
    return {
        status: {"model": ProblemDetails, "content": content, "description": TITLES[status]}
        for status in sorted({*ANY_KEYED, *statuses})
    }


def documented_open(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of a route that needs no key and may answer with these problems."""
    return {status: it for status, it in documented(*statuses).items() if status in statuses}


def created(responses: dict[int | str, dict[str, Any]]) -> dict[int | str, dict[str, Any]]:
    """The same ``responses`` for a route that makes something and says where it is."""
    location = {"description": "Address of what was made", "required": True, "schema": {"type": "string"}}
    return {201: {"headers": {"Location": location}}, **responses}


TITLES = {
    400: "The request could not be read",
    401: "A key is needed",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    408: "The request came too slowly",
    409: "It cannot be done now",
    413: "The request is too large",
    414: "The address is too long",
    415: "The content type is not JSON",
    422: "The request is not valid",
    429: "Too many calls",
    431: "The headers are too large",
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
    headers = SAFE | ({"Retry-After": "5"} if status == 503 else {})
    return JSONResponse(body.model_dump(), status_code=status, media_type=MEDIA_TYPE, headers=headers)
