"""Whether the process lives, and whether it can decide."""

from __future__ import annotations

from fastapi import APIRouter

from feature_store.filing import civil_day
from serving.api.access import ReadingService
from serving.api.json_response import Json
from serving.api.problems import documented
from serving.wiring import Parts


def health_routes(parts: Parts) -> APIRouter:
    """The routes over one set of parts."""
    routes = APIRouter(tags=["health"], default_response_class=Json)

    @routes.get("/livez")
    async def livez() -> dict[str, str]:
        """The process answers."""
        return {"status": "alive"}

    @routes.get("/readyz", responses=documented(409, 503))
    def readyz(caller: ReadingService) -> dict[str, str]:
        """The database answers and an approved policy is in force today."""
        with parts.store.moment(parts.clock.now) as moment:
            policy = parts.policies.in_force(civil_day(moment.known_at))
        return {"status": "ready", "policy": policy.id, "policy_sha256": policy.sha256}

    return routes
