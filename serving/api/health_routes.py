"""Whether the process lives, and whether it can decide."""

from __future__ import annotations

from fastapi import APIRouter, Response

from feature_store.filing import civil_day
from serving.api.access import ReadingService
from serving.api.json_response import Json
from serving.api.problems import documented, documented_open
from serving.api.schemas_state import Alive, Ready
from serving.wiring import Parts


def health_routes(parts: Parts) -> APIRouter:
    """The routes over one set of parts."""
    routes = APIRouter(tags=["health"], default_response_class=Json)

    @routes.get("/livez", response_model=Alive, responses=documented_open(400, 414, 431))
    async def livez() -> Response:
        """The process answers."""
        return Json({"status": "alive"})

    @routes.get("/readyz", response_model=Ready, responses=documented(409))
    def readyz(caller: ReadingService) -> Response:
        """The database answers and an approved policy is in force today."""
        with parts.store.moment(parts.clock.now) as moment:
            policy = parts.policies.in_force(civil_day(moment.known_at))
        return Json({"status": "ready", "policy": policy.id, "policy_sha256": policy.sha256})

    return routes
