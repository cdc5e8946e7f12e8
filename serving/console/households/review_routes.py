"""Review by people: an override proposed by one clerk and confirmed by another; and the household's own report."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response
from fastapi.responses import HTMLResponse
from pydantic import ValidationError

from serving.access.roles import Act
from serving.api.asked import HouseholdId
from serving.api.report_page import page_of
from serving.api.report_routes import PAGE_HEADERS
from serving.api.rights_asked import OverrideAsked
from serving.console.households.decision_routes import show_decision
from serving.console.sections import N_
from serving.console.visit import Visit, page
from serving.county.area_states import AreaStates
from serving.refused import Refused
from serving.rights.overrides import OverrideRefused, Proposed, confirm_override, propose_override
from serving.rights.reports import issue_report
from serving.wiring import Parts

FAULTS = {
    "outcome": N_("Choose what is decided instead."),
    "limit_cny": N_("Write an amount in yuan up to the best grade's limit, and only where it lends; or leave it open."),
    "why": N_("Write why, at most 500 characters."),
    "expires_on": N_("Choose a day from tomorrow to 90 days from today."),
}
"""What a field needs, by field."""
CANNOT_STAND = N_(
    "It cannot stand: nobody lends over a veto, in a stopped area or without the household's consent. "
    "A wrong datum is corrected by an objection."
)
Overriding = Annotated[Visit, page(Act.OVERRIDE)]


def review_routes(parts: Parts, areas: AreaStates) -> APIRouter:
    """The pages over one set of parts."""
    routes = APIRouter(prefix="/console")

    @routes.post("/decisions/{decision_id}/overrides")
    def post_override(decision_id: UUID, visit: Overriding) -> Response:
        """Propose it, and show it on the decision's page; with faults the form again."""
        typed = {name: visit.form.get(name, "").strip() for name in FAULTS}
        try:
            asked = OverrideAsked.model_validate({**typed, "limit_cny": typed["limit_cny"].replace(",", "") or None})
            proposed = Proposed(asked.outcome, asked.limit_cny, asked.why, asked.expires_on)
            propose_override(decision_id, proposed, parts, areas, caller=visit.caller)
            return visit.go(f"/console/decisions/{decision_id}")
        except ValidationError as error:
            wrong = {str(one["loc"][0]) for one in error.errors(include_input=False, include_context=False)}
        except Refused as refused:
            wrong = {it.where.removeprefix("body.") for it in refused.faults}
        except OverrideRefused:
            faults = {"outcome": CANNOT_STAND}
            return show_decision(visit, decision_id, parts, faults=faults, form=typed, status=422)
        faults = {name: FAULTS[name] for name in FAULTS if name in wrong}
        return show_decision(visit, decision_id, parts, faults=faults, form=typed, status=422)

    @routes.post("/decisions/{decision_id}/overrides/{override_id}")
    def post_confirmation(decision_id: UUID, override_id: UUID, visit: Overriding) -> Response:
        """Confirm what another person of the bank proposed."""
        confirmed = confirm_override(override_id, parts, areas, caller=visit.caller)
        return visit.go(f"/console/decisions/{confirmed.decision_id}")

    @routes.post("/households/{household_id}/reports")
    def post_report(
        household_id: Annotated[HouseholdId, Path()], visit: Annotated[Visit, page(Act.READ_REPORT)]
    ) -> Response:
        """Issue the household's own report: recorded, then shown once, as the page that the API answers with."""
        report = issue_report(household_id, parts, areas, caller=visit.caller)
        return HTMLResponse(page_of(report), status_code=201, headers=PAGE_HEADERS)

    return routes
