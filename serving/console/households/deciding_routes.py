"""The form for a decision before disbursement: checked field by field, recorded once however often it is sent."""

from __future__ import annotations

import re
from time import sleep
from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from pydantic import ValidationError

from serving.access.callers import Caller
from serving.access.roles import Act
from serving.api.asked import DecisionAsked, HouseholdId
from serving.consents.check import ConsentInvalid
from serving.console.households.household_routes import show_household
from serving.console.sections import N_
from serving.console.visit import Visit, page
from serving.county.area_states import AreaStates
from serving.county.purposes import UnknownPurpose
from serving.decisions.at_a_glance import glance
from serving.decisions.decide import decide
from serving.decisions.request import DecisionRequest, KeyInUse
from serving.ledger.entries import Entry
from serving.wiring import Parts

FAULTS = {
    "purpose": N_("Choose what the loan is for."),
    "amount_cny": N_("Write an amount in yuan above 0 with at most two decimals, such as 30000."),
    "term_months": N_("Write a whole number of months from 1 to 360."),
    "consent_reference": N_("Choose a consent that counts today."),
}
"""What a field needs, by field."""
A_WAIT_SECONDS, PATIENCE = 0.2, 15
"""How long, and how often, the second call of a form that was clicked twice waits for the first."""
_KEY = re.compile(r"[!-~]{1,80}")
_SEPARATORS = str.maketrans("", "", ",, ")
_DIGITS = re.compile(r"[0-9]{1,6}")


def deciding_routes(parts: Parts, areas: AreaStates) -> APIRouter:
    """The form's way in over one set of parts."""
    routes = APIRouter()

    @routes.post("/console/households/{household_id}/decisions")
    def post_decision(
        household_id: Annotated[HouseholdId, Path()], visit: Annotated[Visit, page(Act.DECIDE)]
    ) -> Response:
        """Record a decision and go to its page; with faults the form again."""
        sent = {name: visit.form.get(name, "").strip() for name in (*FAULTS, "key")}
        try:
            asked = DecisionAsked.model_validate(_typed(sent) | {"household_id": household_id})
            if not _KEY.fullmatch(sent["key"]):
                return visit.go(f"/console/households/{household_id}")
            request = DecisionRequest(household_id, asked.as_request(), asked.consent_reference)
            entry = _decide(request, parts, areas, visit.caller, f"console:{sent['key']}")
            return visit.go(f"/console/decisions/{entry.decision_id}")
        except ValidationError as error:
            wrong = {str(one["loc"][0]) for one in error.errors(include_input=False, include_context=False)}
        except ConsentInvalid:
            wrong = {"consent_reference"}
        except UnknownPurpose:
            wrong = {"purpose"}
        found = glance(household_id, parts, areas, caller=visit.caller)
        faults = {name: FAULTS[name] for name in FAULTS if name in wrong}
        return show_household(visit, found, parts, faults=faults, form=sent, status=422)

    return routes


def _decide(request: DecisionRequest, parts: Parts, areas: AreaStates, caller: Caller, key: str) -> Entry:
    """Decide; of a form that was clicked twice the second call waits for what the first one recorded."""
    for _ in range(PATIENCE):
        try:
            return decide(request, parts, areas, caller=caller, key=key)
        except KeyInUse:
            sleep(A_WAIT_SECONDS)
    return decide(request, parts, areas, caller=caller, key=key)


def _typed(sent: dict[str, str]) -> dict[str, Any]:
    """The fields as the API's body would hold them: thousands apart or not, digits as numbers."""
    months = sent["term_months"]
    return {
        "purpose": sent["purpose"],
        "amount_cny": sent["amount_cny"].translate(_SEPARATORS),
        "term_months": int(months) if _DIGITS.fullmatch(months) else months,
        "consent_reference": sent["consent_reference"],
    }
