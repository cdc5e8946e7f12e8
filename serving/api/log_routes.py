"""The log's public side: its key, checkpoints, and proofs that need no trust in the service."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from serving.api.access import ReadingLog
from serving.api.problems import documented
from serving.checkpoints import checkpoint_now
from serving.ledger import proofs
from serving.wiring import Parts

MOST = 2**53
Count = Annotated[int, Query(ge=0, le=MOST)]


def log_routes(parts: Parts, json: type[Response]) -> APIRouter:
    """The routes over one set of parts."""
    routes = APIRouter(prefix="/v1/log", tags=["log"], default_response_class=json)

    @routes.get("/checkpoint", responses=documented(503), response_class=Response)
    def get_checkpoint(caller: ReadingLog) -> Response:
        """The signed checkpoint over everything recorded so far: keep it."""
        return Response(checkpoint_now(parts), media_type="text/plain; charset=utf-8")

    @routes.get("/inclusion", responses=documented(404, 422, 503))
    def get_inclusion(index: Count, caller: ReadingLog) -> dict[str, Any]:
        """The proof that an entry is under the newest checkpoint."""
        note = checkpoint_now(parts)
        with parts.store.looking(parts.clock.now()) as moment:
            return proofs.inclusion(moment.connection, index, note)

    @routes.get("/consistency", responses=documented(404, 422, 503))
    def get_consistency(first: Count, second: Count, caller: ReadingLog) -> dict[str, Any]:
        """The proof that the log of ``second`` entries extends the one of ``first``."""
        with parts.store.looking(parts.clock.now()) as moment:
            return proofs.consistency(moment.connection, first, second)

    @routes.get("/key", responses=documented())
    def get_key(caller: ReadingLog) -> dict[str, str]:
        """The public key that checks checkpoints; compare it with the one that you were given on another way."""
        return {"key": parts.signer.public}

    return routes
