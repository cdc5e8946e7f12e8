"""A household at a glance, not recorded."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response

from scoring.assess import path_of
from scoring.decision import binding_of, path_data, sources_data
from serving.api.access import ReadingHouseholds
from serving.api.asked import HouseholdId
from serving.api.json_response import Json
from serving.api.problems import documented
from serving.api.schemas_state import HouseholdState
from serving.county.area_states import AreaStates
from serving.decisions.decide import state_of
from serving.decisions.rights import rights_of
from serving.wiring import Parts


def household_routes(parts: Parts, areas: AreaStates) -> APIRouter:
    """The route over one set of parts."""
    routes = APIRouter(prefix="/v1/households", tags=["households"], default_response_class=Json)

    @routes.get("/{household_id}", response_model=HouseholdState, responses=documented(404, 409))
    def get_household(household_id: Annotated[HouseholdId, Path()], caller: ReadingHouseholds) -> Response:
        """A household's state now, at a glance: not recorded, with the path to the next grade."""
        now, latest, marks = state_of(household_id, parts, areas, caller=caller)
        return Json(
            {
                "household_id": household_id,
                "village_code": now.file.village_code,
                "recorded": False,
                "state": binding_of(now, parts.certificates[now.policy.sha256].sha256),
                "path": path_data(path_of(now), now.policy),
                "sources": sources_data(dict(now.file.sources)),
                "latest_decision": str(latest) if latest else None,
                "marks": marks,
                "rights": rights_of(now),
            }
        )

    return routes
