"""Whether the process lives, and whether it can decide."""

from __future__ import annotations

from fastapi import APIRouter, Response

from serving.api.access import ReadingService
from serving.api.json_response import Json
from serving.api.problems import documented, documented_open
from serving.api.schemas_state import Alive, Ready
from serving.operations.readiness import Readiness


def health_routes(readiness: Readiness) -> APIRouter:
    """The routes over one set of checks."""
    routes = APIRouter(tags=["health"], default_response_class=Json)

    @routes.get("/livez", response_model=Alive, responses=documented_open(400, 414, 431))
    async def livez() -> Response:
        """The process answers."""
        return Json({"status": "alive"})

    @routes.get("/readyz", response_model=Ready, responses=documented())
    def readyz(caller: ReadingService) -> Response:
        """What binding answers stand on is there: database, approved policy, log; 'opinion' may be missing."""
        found = readiness.look()
        return Json(
            {
                "status": "ready",
                "policy": found.policy.id,
                "policy_sha256": found.policy.sha256,
                "checks": [one.as_data() for one in found.checks],
                "opinion": {"ok": found.opinion.ok, "detail": found.opinion.detail},
            }
        )

    return routes
