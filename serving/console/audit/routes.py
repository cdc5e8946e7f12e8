"""Every page of this part, over one set of parts."""

from __future__ import annotations

from fastapi import APIRouter

from serving.console.audit.household_routes import household_routes
from serving.console.audit.item_routes import item_routes
from serving.console.audit.review_files import review_files
from serving.console.audit.review_routes import review_routes
from serving.console.audit.search_routes import search_routes
from serving.county.area_states import AreaStates
from serving.wiring import Parts


def audit(parts: Parts, areas: AreaStates) -> APIRouter:
    """The part."""
    routes = APIRouter()
    for one in (
        search_routes(parts),
        household_routes(parts, areas),
        review_routes(parts),
        review_files(parts),
        item_routes(parts),
    ):
        routes.include_router(one)
    return routes
