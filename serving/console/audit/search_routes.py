"""Where an audit begins: a household by its number, and the reviews that were drawn."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Query, Response

from serving.access.roles import Act
from serving.consents.scope import UnknownHousehold
from serving.console.households.search_routes import NEITHER, NOBODY, NOT_AN_ID_NUMBER
from serving.console.visit import Visit, page
from serving.privacy.find_household import IdNumberInvalid, check_seen, search
from serving.reviews.read import reviews_page
from serving.wiring import Parts

A_PAGE = 20
_HOUSEHOLD = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,39}")
_LIKE_AN_ID_NUMBER = re.compile(r"[0-9]{15,20}|[0-9]{14,19}[0-9A-Za-z]")
Auditing = Annotated[Visit, page(Act.AUDIT)]


def search_routes(parts: Parts) -> APIRouter:
    """The pages over one set of parts."""
    routes = APIRouter(prefix="/console/audit")

    def show(
        visit: Visit, *, before: int | None, fault: str | None = None, typed: str = "", status: int = 200
    ) -> Response:
        found, more = reviews_page(parts, before=before, most=A_PAGE)
        values = {"reviews": found, "more": more, "begun": before is not None, "fault": fault, "typed": typed}
        return visit.show("audit/start.html", status=status, **values)

    @routes.get("")
    def get_start(visit: Auditing, before: Annotated[int | None, Query(ge=0, le=2**62)] = None) -> Response:
        """The search, and the reviews, newest first."""
        return show(visit, before=before)

    @routes.post("")
    def post_search(visit: Auditing) -> Response:
        """On to the household that has the number; what may be an ID number is never shown again."""
        typed = visit.form.get("number", "").strip()
        likely = _LIKE_AN_ID_NUMBER.fullmatch(typed) is not None
        if not likely and not _HOUSEHOLD.fullmatch(typed):
            return show(visit, before=None, fault=NEITHER, status=422)
        try:
            if likely:
                return visit.go(f"/console/audit/households/{search(typed, parts, caller=visit.caller)}")
            check_seen(typed, parts, caller=visit.caller)
        except IdNumberInvalid:
            return show(visit, before=None, fault=NOT_AN_ID_NUMBER, status=422)
        except UnknownHousehold:
            return show(visit, before=None, fault=NOBODY, typed=typed if "-" in typed else "", status=404)
        return visit.go(f"/console/audit/households/{typed}")

    return routes
