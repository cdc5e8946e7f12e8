"""Every page of this part, over one set of parts."""

from __future__ import annotations

from fastapi import APIRouter

from serving.console.households.consent_routes import consent_routes
from serving.console.households.deciding_routes import deciding_routes
from serving.console.households.decision_routes import decision_routes
from serving.console.households.household_routes import household_routes
from serving.console.households.objection_routes import objection_routes
from serving.console.households.review_routes import review_routes
from serving.console.households.search_routes import search_routes
from serving.county.area_states import AreaStates
from serving.wiring import Parts


def households(parts: Parts, areas: AreaStates) -> APIRouter:
    """The part."""
    routes = APIRouter()
    for one in (
        search_routes(parts),
        household_routes(parts, areas),
        deciding_routes(parts, areas),
        decision_routes(parts),
        consent_routes(parts),
        objection_routes(parts),
        review_routes(parts, areas),
    ):
        routes.include_router(one)
    return routes
