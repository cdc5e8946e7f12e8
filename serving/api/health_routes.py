"""Whether the process lives, and whether it can decide."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from serving.api.access import ReadingService
from serving.api.json_response import Json
from serving.api.problems import documented
from serving.readiness import Readiness


def health_routes(readiness: Readiness) -> APIRouter:
    """The routes over one set of checks."""
    routes = APIRouter(tags=["health"], default_response_class=Json)

    @routes.get("/livez")
    async def livez() -> dict[str, str]:
        """The process answers."""
        return {"status": "alive"}

    @routes.get("/readyz", responses=documented(503))
    def readyz(caller: ReadingService) -> dict[str, Any]:
        """What binding answers stand on is there: database, approved policy, log; 'opinion' may be missing."""
        found = readiness.look()
        return {
            "status": "ready",
            "policy": found.policy.id,
            "policy_sha256": found.policy.sha256,
            "checks": [one.as_data() for one in found.checks],
            "opinion": {"ok": found.opinion.ok, "detail": found.opinion.detail},
        }

    return routes
