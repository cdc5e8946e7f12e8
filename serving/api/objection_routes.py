"""Objections over HTTP: filed, read, listed, answered."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response

from feature_store.filing import civil_day
from serving.access.callers import Caller
from serving.access.roles import Act
from serving.api.access import allowed
from serving.api.asked import HouseholdId
from serving.api.json_response import Json
from serving.api.problems import created, documented
from serving.api.rights_asked import ObjectionAsked, OutcomeAsked
from serving.api.schemas_rights import ObjectionAnswer, ObjectionsAnswer
from serving.consents.shown import objection_answer
from serving.rights.objection_lists import Wanted, list_objections
from serving.rights.objections import Raised, file_objection, read_objection, resolve_objection
from serving.wiring import Parts

Objecting = Annotated[Caller, allowed(Act.OBJECT)]
Reading = Annotated[Caller, allowed(Act.READ_HOUSEHOLD)]
Resolving = Annotated[Caller, allowed(Act.RESOLVE_OBJECTION)]
State = Annotated[Literal["open", "answered", "all"], Query(description="Which objections are listed.")]
Of = Annotated[HouseholdId | None, Query(description="Only this household's.")]
After = Annotated[int, Query(ge=-1, le=2**53, description="'next' of the page before.")]
Limit = Annotated[int, Query(ge=1, le=100)]


def objection_routes(parts: Parts) -> APIRouter:
    """The routes over one set of parts."""
    routes = APIRouter(prefix="/v1/objections", tags=["objections"], default_response_class=Json)

    @routes.post(
        "", status_code=201, response_model=ObjectionAnswer, responses=created(documented(404, 408, 409, 413, 415))
    )
    def post_objection(asked: ObjectionAsked, caller: Objecting) -> Response:
        """File a household's objection; it is answered in writing within 20 days and marks what it is about. 提出异议"""
        raised = Raised(asked.household_id, asked.about, asked.indicator, asked.decision_id, asked.statement)
        filed = file_objection(raised, parts, caller=caller)
        shown = objection_answer(filed, civil_day(filed.recorded_at))
        headers = {"Location": f"/v1/objections/{filed.objection_id}"}
        return Json(shown, status_code=201, headers=headers)

    @routes.get("", response_model=ObjectionsAnswer, responses=documented())
    def get_objections(
        caller: Reading, state: State = "open", household_id: Of = None, after: After = -1, limit: Limit = 50
    ) -> Response:
        """Objections that the caller may see, oldest first, a page at a time; without their words. 异议列表"""
        only = {"open": True, "answered": False, "all": None}[state]
        wanted = Wanted(open_only=only, household_id=household_id, after=after, most=limit + 1)
        found, today = list_objections(wanted, parts, caller=caller)
        shown = [objection_answer(one, today, words=False) for one in found[:limit]]
        more = found[limit - 1].entry_no if len(found) > limit else None
        return Json({"objections": shown, "next": more})

    @routes.get("/{objection_id}", response_model=ObjectionAnswer, responses=documented(404))
    def get_objection(objection_id: UUID, caller: Reading) -> Response:
        """An objection with what was written; null once that was erased. 查看异议"""
        found, today = read_objection(objection_id, parts, caller=caller)
        return Json(objection_answer(found, today))

    @routes.post(
        "/{objection_id}/outcome", response_model=ObjectionAnswer, responses=documented(404, 408, 409, 413, 415)
    )
    def post_outcome(objection_id: UUID, asked: OutcomeAsked, caller: Resolving) -> Response:
        """Answer an objection in writing, once. 答复异议"""
        found = resolve_objection(objection_id, parts, caller=caller, outcome=asked.outcome, answer=asked.answer)
        return Json(objection_answer(found, civil_day(found.recorded_at)))

    return routes
