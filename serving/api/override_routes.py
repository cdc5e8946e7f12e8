"""Overrides over HTTP: proposed by one person of a bank, confirmed by another."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from feature_store.adapters.overrides import Override
from feature_store.filing import civil_day
from serving.access.callers import Caller
from serving.access.roles import Act
from serving.api.access import allowed
from serving.api.json_response import Json
from serving.api.problems import documented
from serving.api.rights_asked import Nothing, OverrideAsked
from serving.api.schemas_rights import OverrideAnswer
from serving.consents.shown import override_answer
from serving.county.area_states import AreaStates
from serving.rights.overrides import Proposed, confirm_override, propose_override
from serving.wiring import Parts

Overriding = Annotated[Caller, allowed(Act.OVERRIDE)]


def override_routes(parts: Parts, areas: AreaStates) -> APIRouter:
    """The routes over one set of parts."""
    routes = APIRouter(prefix="/v1", tags=["overrides"], default_response_class=Json)
    responses = documented(404, 408, 409, 413, 415)

    @routes.post(
        "/decisions/{decision_id}/overrides", status_code=201, response_model=OverrideAnswer, responses=responses
    )
    def post_override(decision_id: UUID, asked: OverrideAsked, caller: Overriding) -> Response:
        """Propose to lend or to decline otherwise than decided; never to lend over a veto or a stop. 提出人工调整"""
        proposed = Proposed(asked.outcome, asked.limit_cny, asked.why, asked.expires_on)
        return _json(propose_override(decision_id, proposed, parts, areas, caller=caller), status=201)

    @routes.post("/overrides/{override_id}/confirmation", response_model=OverrideAnswer, responses=responses)
    def post_confirmation(override_id: UUID, asked: Nothing, caller: Overriding) -> Response:
        """Confirm what another person of the same bank proposed; it counts from now on. 复核人工调整"""
        return _json(confirm_override(override_id, parts, areas, caller=caller))

    return routes


def _json(override: Override, *, status: int = 200) -> Response:
    today = civil_day(override.confirmed_at or override.recorded_at)
    return Json(override_answer(override, today), status_code=status)
