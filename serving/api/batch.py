"""Many decisions in one call: each decided, recorded and answered by itself."""

from __future__ import annotations

import json
from typing import Any

import orjson
from fastapi import APIRouter, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from scoring.errors import LushiError
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
from serving.decisions.decide import DecisionRequest, decide
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
        results = [_one(item, parts, areas, caller) for item in asked.decisions]
        return Json({"results": results})

    return routes


def _one(item: dict[str, Any], parts: Parts, areas: AreaStates, caller: Caller) -> dict[str, Any]:
    """One item's result; whatever goes wrong with it is its own problem."""
    try:
        asked = ItemAsked.model_validate(item)
        request = DecisionRequest(asked.household_id, asked.as_request(), asked.consent_reference)
        entry = decide(request, parts, areas, caller=caller, key=asked.idempotency_key)
    except ValidationError as error:
        invalid = RequestValidationError([{**it, "loc": ("body", *it["loc"])} for it in error.errors()])
        return _refused(invalid)
    except LushiError as error:
        return _refused(error)
    except Exception as error:  # as for a single call: told to the caller as ours, and to the log as what it is
        return _refused(error)
    return {"status": 201, "decision": orjson.Fragment(answer(entry))}


def _refused(error: Exception) -> dict[str, Any]:
    response = answer_of(error)
    note(error, response.status_code)
    return {"status": response.status_code, "problem": json.loads(bytes(response.body))}
