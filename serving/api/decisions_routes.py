"""A decision: made and recorded, and read back."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Response

from serving.api.access import ClosingDecisions, Deciding, ReadingDecisions
from serving.api.asked import ClosingAsked, DecisionAsked, IdempotencyKey
from serving.api.json_response import Json
from serving.api.problems import created, documented
from serving.api.receipts import answer
from serving.api.schemas_decision import DecisionAnswer, ErasedDecision
from serving.api.schemas_rights import ClosingAnswer
from serving.county.area_states import AreaStates
from serving.decisions.closing import close_decision, closing_data
from serving.decisions.gather import Gathered
from serving.decisions.request import Call, DecisionRequest
from serving.gathering import gathered
from serving.ledger import postgres as ledger
from serving.rights.afterwards import afterwards
from serving.wiring import Parts


def decisions_routes(parts: Parts, areas: AreaStates) -> APIRouter:
    """The routes over one set of parts."""
    decided = Gathered(parts, areas)
    routes = APIRouter(prefix="/v1/decisions", tags=["decisions"], default_response_class=Json)

    @routes.post(
        "", status_code=201, response_model=DecisionAnswer, responses=created(documented(404, 408, 409, 413, 415))
    )
    async def post_decision(asked: DecisionAsked, caller: Deciding, key: IdempotencyKey = None) -> Response:
        """Decide before disbursement: recorded, binding, with the challenger's advice and a receipt.

        With an Idempotency-Key a call may be repeated: the same key and body give the first call's answer.
        """
        request = DecisionRequest(asked.household_id, asked.as_request(), asked.consent_reference)
        entry = await gathered(decided.put(Call(request, caller, key)))
        return Json(answer(entry), status_code=201, headers={"Location": f"/v1/decisions/{entry.decision_id}"})

    @routes.get("/{decision_id}", response_model=DecisionAnswer | ErasedDecision, responses=documented(404))
    def get_decision(decision_id: UUID, caller: ReadingDecisions) -> Response:
        """A recorded decision, exactly as it was answered, and what came after it; a bank's own, an auditor's any."""
        with parts.store.looking(parts.clock.now()) as moment:
            entry = ledger.seen_by(moment, decision_id, caller)
            return Json(answer(entry, afterwards(moment, decision_id)))

    @routes.post("/{decision_id}/closing", response_model=ClosingAnswer, responses=documented(404, 408, 409, 413, 415))
    def post_closing(decision_id: UUID, asked: ClosingAsked, caller: ClosingDecisions) -> Response:
        """Close a decision of one's own, so that another bank may decide; the same cause again is the same answer."""
        closed = close_decision(decision_id, asked.cause, parts, caller=caller)
        return Json({"decision_id": str(decision_id), "closing": closing_data(closed)})

    return routes
