"""Many decisions in one call: each decided, recorded and answered by itself."""

from __future__ import annotations

import json
from typing import Any

import orjson
from fastapi import APIRouter, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from serving.access.callers import Caller
from serving.api.access import Deciding
from serving.api.answers import answer_of, note
from serving.api.asked import ItemAsked, ManyAsked
from serving.api.json_response import Json
from serving.api.problems import documented
from serving.api.rate import take_items
from serving.api.receipts import answer
from serving.api.schemas_decision import ManyAnswered
from serving.county.area_states import AreaStates
from serving.decisions.group import Outcome, decide_many
from serving.decisions.request import Call, DecisionRequest
from serving.wiring import Parts


def batch_routes(parts: Parts, areas: AreaStates) -> APIRouter:
    """The route over one set of parts."""
    routes = APIRouter(tags=["decisions"], default_response_class=Json)

    @routes.post("/v1/decisions:batch", response_model=ManyAnswered, responses=documented(408, 413, 415))
    def post_decisions(asked: ManyAsked, caller: Deciding) -> Response:
        """Decide up to 500 calls, in their order: each has its own status, and its decision or its problem.

        Give each an idempotency_key: when the answer is lost, the whole call can be sent again. Each item counts as one
        of the calls that a client may make a second.
        """
        take_items(parts, caller, len(asked.decisions))
        items = [_read(item, caller) for item in asked.decisions]
        outcomes = iter(decide_many([it for it in items if isinstance(it, Call)], parts, areas))
        return Json({"results": [_result(next(outcomes) if isinstance(it, Call) else it) for it in items]})

    return routes


def _read(item: dict[str, Any], caller: Caller) -> Call | Exception:
    """One item as a call, or why it is none; whatever goes wrong with it is its own problem."""
    try:
        asked = ItemAsked.model_validate(item)
        request = DecisionRequest(asked.household_id, asked.as_request(), asked.consent_reference)
        return Call(request, caller, asked.idempotency_key)
    except ValidationError as error:
        return RequestValidationError([{**it, "loc": ("body", *it["loc"])} for it in error.errors()])
    except Exception as error:  # as for a single call: told to the caller as ours, and to the log as what it is
        return error


def _result(outcome: Outcome) -> dict[str, Any]:
    if not isinstance(outcome, Exception):
        return {"status": 201, "decision": orjson.Fragment(answer(outcome))}
    response = answer_of(outcome)
    note(outcome, response.status_code)
    return {"status": response.status_code, "problem": json.loads(bytes(response.body))}
