"""The log's public side: its key, checkpoints, and proofs that need no trust in the service."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import PlainTextResponse

from serving.api.access import ReadingLog
from serving.api.json_response import Json
from serving.api.problems import documented
from serving.api.schemas_state import ConsistencyProof, InclusionProof, LogKey
from serving.ledger import proofs
from serving.operations.checkpoints import checkpoint_now
from serving.wiring import Parts

MOST = 2**53
Count = Annotated[int, Query(ge=0, le=MOST)]


def log_routes(parts: Parts) -> APIRouter:
    """The routes over one set of parts."""
    routes = APIRouter(prefix="/v1/log", tags=["log"], default_response_class=Json)

    @routes.get("/checkpoint", response_class=PlainTextResponse, responses=documented())
    def get_checkpoint(caller: ReadingLog) -> Response:
        """The signed checkpoint over everything recorded so far: keep it."""
        return PlainTextResponse(checkpoint_now(parts))

    @routes.get("/inclusion", response_model=InclusionProof, responses=documented(404))
    def get_inclusion(index: Count, caller: ReadingLog) -> Response:
        """The proof that an entry is under the newest checkpoint."""
        note = checkpoint_now(parts)
        with parts.store.looking(parts.clock.now()) as moment:
            return Json(proofs.inclusion(moment.connection, index, note))

    @routes.get("/consistency", response_model=ConsistencyProof, responses=documented(404))
    def get_consistency(first: Count, second: Count, caller: ReadingLog) -> Response:
        """The proof that the log of ``second`` entries extends the one of ``first``."""
        with parts.store.looking(parts.clock.now()) as moment:
            return Json(proofs.consistency(moment.connection, first, second))

    @routes.get("/key", response_model=LogKey, responses=documented())
    def get_key(caller: ReadingLog) -> Response:
        """The public key that checks checkpoints; compare it with the one that you were given on another way."""
        return Json({"key": parts.signer.public})

    return routes
