"""The subject's own report over HTTP: as data, or as a page to print."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Response

from serving.access.callers import Caller
from serving.access.roles import Act
from serving.api.access import allowed
from serving.api.asked import HouseholdId
from serving.api.json_response import Json
from serving.api.problems import documented
from serving.api.report_page import page_of
from serving.api.rights_asked import Nothing
from serving.api.schemas_report import ReportAnswer
from serving.county.area_states import AreaStates
from serving.rights.reports import issue_report
from serving.wiring import Parts

Reporting = Annotated[Caller, allowed(Act.READ_REPORT)]
Accept = Annotated[str | None, Header(include_in_schema=False)]
"""The response's content types say it: OpenAPI has tools ignore a parameter of that name."""
_ANSWERS: dict[int | str, dict[str, Any]] = {
    201: {
        "description": "The report; its issue is recorded",
        "content": {"text/html": {"schema": {"type": "string"}}},
    }
}
PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
    "Cache-Control": "no-store",
}


def report_routes(parts: Parts, areas: AreaStates) -> APIRouter:
    """The route over one set of parts."""
    routes = APIRouter(prefix="/v1/households", tags=["reports"], default_response_class=Json)

    @routes.post(
        "/{household_id}/reports",
        status_code=201,
        response_model=ReportAnswer,
        responses=_ANSWERS | documented(404, 408, 409, 413, 415),
    )
    def post_report(
        household_id: Annotated[HouseholdId, Path()], asked: Nothing, caller: Reporting, accept: Accept = None
    ) -> Response:
        """Issue a household's report to itself: recorded, twice a calendar year free. 出具本人信用报告

        As JSON, or with Accept: text/html as a page to print.
        """
        report = issue_report(household_id, parts, areas, caller=caller)
        if _wants_page(accept or ""):
            media = "text/html; charset=utf-8"
            return Response(page_of(report), status_code=201, media_type=media, headers=PAGE_HEADERS)
        return Json(report, status_code=201)

    return routes


def _wants_page(accept: str) -> bool:
    """Whether a page is named, and named before JSON."""
    kinds = [it.split(";")[0].strip().lower() for it in accept.split(",")]
    found = next((it for it in kinds if it in ("text/html", "application/json")), "")
    return found == "text/html"
