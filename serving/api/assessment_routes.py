"""A credit file that the caller sends, assessed without recording anything."""

from __future__ import annotations

from fastapi import APIRouter, Response

from feature_store.filing import civil_day
from scoring.assess import assess, path_of
from scoring.decision import binding_of, path_data
from scoring.validate import credit_file_of
from serving.api.access import Assessing
from serving.api.asked import AssessmentAsked
from serving.api.json_response import Json
from serving.api.problems import documented
from serving.api.schemas_state import AssessmentAnswer
from serving.county.purposes import check_purpose
from serving.wiring import Parts

NOT_BINDING = {
    "zh": "仅供测算,不具约束力,未作记录",
    "en": "A calculation only: not binding, not recorded",
}


def assessment_routes(parts: Parts) -> APIRouter:
    """The route over one set of parts."""
    routes = APIRouter(prefix="/v1/assessments", tags=["assessments"], default_response_class=Json)

    @routes.post("", response_model=AssessmentAnswer, responses=documented(408, 409, 413, 415))
    def post_assessment(asked: AssessmentAsked, caller: Assessing) -> Response:
        """Assess a submitted credit file: not binding, not recorded, no database read."""
        on = asked.on or civil_day(parts.clock.now())
        policy = parts.policies.in_force(on)
        if asked.request:
            check_purpose(asked.request.purpose, policy)
        file = credit_file_of(asked.values, policy, on=on)
        found = assess(file, policy, on=on, request=asked.request.as_request() if asked.request else None)
        return Json(
            {
                "binding_effect": False,
                "notice": NOT_BINDING,
                "assessment": binding_of(found, parts.certificates[policy.sha256].sha256),
                "path": path_data(path_of(found), policy),
            }
        )

    return routes
