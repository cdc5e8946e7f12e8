"""Consents over HTTP: recorded, withdrawn, read."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from serving.access.callers import Caller
from serving.access.roles import Act
from serving.api.access import allowed
from serving.api.asked import Reference
from serving.api.json_response import Json
from serving.api.problems import documented
from serving.api.rights_asked import ConsentAsked, Nothing, Tenant
from serving.api.schemas_rights import ConsentAnswer
from serving.consents.record import Given, read_consent, record_consent, withdraw_consent
from serving.consents.shown import consent_answer
from serving.wiring import Parts

Recording = Annotated[Caller, allowed(Act.RECORD_CONSENT)]
Reading = Annotated[Caller, allowed(Act.READ_HOUSEHOLD)]
Which = Annotated[Reference, Path()]
OfBank = Annotated[Tenant | None, Query(description="The bank, where several use the same reference.")]


def consent_routes(parts: Parts) -> APIRouter:
    """The routes over one set of parts."""
    routes = APIRouter(prefix="/v1/consents", tags=["consents"], default_response_class=Json)

    @routes.post(
        "",
        status_code=201,
        response_model=ConsentAnswer,
        responses={200: _SAME, **documented(404, 408, 409, 413, 415)},
    )
    def post_consent(asked: ConsentAsked, caller: Recording) -> Response:
        """Record a household's consent. 登记授权

        The same consent again is answered with 200 and changes nothing; another one under the same reference is 409.
        """
        given = Given(
            reference=asked.reference,
            household_id=asked.household_id,
            tenant=asked.tenant or "",
            purpose=asked.purpose,
            granted_on=asked.granted_on,
            until=asked.until,
        )
        consent, new = record_consent(given, parts, caller=caller)
        return Json(consent_answer(consent), status_code=201 if new else 200)

    @routes.post(
        "/{reference:path}/withdrawal", response_model=ConsentAnswer, responses=documented(404, 408, 409, 413, 415)
    )
    def post_withdrawal(reference: Which, asked: Nothing, caller: Recording, tenant: OfBank = None) -> Response:
        """End a consent at once; a second time changes nothing. 撤回授权"""
        return Json(consent_answer(withdraw_consent(reference, parts, caller=caller, tenant=tenant)))

    @routes.get("/{reference:path}", response_model=ConsentAnswer, responses=documented(404, 409))
    def get_consent(reference: Which, caller: Reading, tenant: OfBank = None) -> Response:
        """A consent: a bank's own, the service network's of its area, an auditor's any. 查看授权"""
        return Json(consent_answer(read_consent(reference, parts, caller=caller, tenant=tenant)))

    return routes


_SAME: dict[str, Any] = {
    "model": ConsentAnswer,
    "description": "The consent was recorded before, with the same content",
}
