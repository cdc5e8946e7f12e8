"""Households by their ID number: found, and the number shown whole."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response

from serving.api.access import Searching, Unmasking
from serving.api.asked import HouseholdId, SearchAsked, UnmaskingAsked
from serving.api.json_response import Json
from serving.api.problems import documented
from serving.api.schemas_state import HouseholdFound, IdNumberShown
from serving.privacy.find_household import search
from serving.privacy.unmask import unmask
from serving.wiring import Parts


def id_number_routes(parts: Parts) -> APIRouter:
    """The routes over one set of parts."""
    routes = APIRouter(tags=["households"], default_response_class=Json)

    @routes.post("/v1/households:search", response_model=HouseholdFound, responses=documented(404, 408, 413, 415))
    def post_search(asked: SearchAsked, caller: Searching) -> Response:
        """The household that has an ID number: for a bank among those in its own index, for the county's people in their area.

        The number travels in the body alone, so that no address and no access log holds it.
        """
        return Json({"household_id": search(asked.id_number, parts, caller=caller)})

    @routes.post(
        "/v1/households/{household_id}/unmasking",
        response_model=IdNumberShown,
        responses=documented(404, 408, 409, 413, 415),
    )
    def post_unmasking(
        household_id: Annotated[HouseholdId, Path()], asked: UnmaskingAsked, caller: Unmasking
    ) -> Response:
        """A household's ID number, whole. Who asked, and why, is in the log before the number is answered."""
        number = unmask(household_id, parts, caller=caller, reason=asked.reason)
        return Json({"household_id": household_id, "id_number": number})

    return routes
