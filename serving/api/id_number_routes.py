"""Households by their ID number: found, and the number shown whole."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response

from serving.api.access import Searching, Unmasking
from serving.api.asked import HouseholdId, SearchAsked, UnmaskingAsked
from serving.api.problems import documented
from serving.find_household import search
from serving.unmask import unmask
from serving.wiring import Parts


def id_number_routes(parts: Parts, json: type[Response]) -> APIRouter:
    """The routes over one set of parts."""
    routes = APIRouter(tags=["households"])

    @routes.post("/v1/households:search", responses=documented(400, 404, 408, 413, 415, 422, 503))
    def post_search(asked: SearchAsked, caller: Searching) -> Response:
        """The household that has an ID number: for a bank among those in its own index, for the county's people in their area.

        The number travels in the body alone, so that no address and no access log holds it.
        """
        return json({"household_id": search(asked.id_number, parts, caller=caller)})

    @routes.post(
        "/v1/households/{household_id}/unmasking", responses=documented(400, 404, 408, 409, 413, 415, 422, 503)
    )
    def post_unmasking(
        household_id: Annotated[HouseholdId, Path()], asked: UnmaskingAsked, caller: Unmasking
    ) -> Response:
        """A household's ID number, whole. Who asked, and why, is in the log before the number is answered."""
        number = unmask(household_id, parts, caller=caller, reason=asked.reason)
        return json({"household_id": household_id, "id_number": number})

    return routes
