"""Objections: handed in for a household, listed a page at a time, read, and answered by the county."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from pydantic import ValidationError

from feature_store.filing import civil_day
from scoring.policy.elements import Text
from serving.access.roles import Act
from serving.api.asked import HouseholdId
from serving.api.rights_asked import ObjectionAsked, OutcomeAsked
from serving.console.households.form_state import Fields
from serving.console.households.words import all_words
from serving.console.sections import N_
from serving.console.visit import Visit, page
from serving.ledger.entries import UnknownDecision
from serving.privacy.find_household import check_seen
from serving.refused import Refused
from serving.rights.objection_lists import Wanted, list_objections
from serving.rights.objections import Raised, file_objection, read_objection, resolve_objection
from serving.wiring import Parts

A_PAGE = 50
FAULTS = {
    "about": N_("Choose what the objection is about."),
    "indicator": N_("Choose the datum that is wrong; leave it open for anything else."),
    "decision_id": N_("Write the number of the decision on this household."),
    "statement": N_("Write what the household says, in its own words, at most 2000 characters."),
    "outcome": N_("Choose how the objection ends."),
    "answer": N_("Write the answer to the household, at most 2000 characters."),
}
"""What a field needs, by field."""
Objecting = Annotated[Visit, page(Act.OBJECT)]
Reading = Annotated[Visit, page(Act.READ_HOUSEHOLD)]
Resolving = Annotated[Visit, page(Act.RESOLVE_OBJECTION)]
Which = Annotated[HouseholdId, Path()]
After = Annotated[int, Query(ge=-1, le=2**53)]


def objection_routes(parts: Parts) -> APIRouter:
    """The pages over one set of parts."""
    routes = APIRouter(prefix="/console")

    @routes.get("/households/{household_id}/objection")
    def get_form(household_id: Which, visit: Objecting, decision: UUID | None = None) -> Response:
        """The form for an objection."""
        check_seen(household_id, parts, caller=visit.caller)
        about = Fields(about="decision", decision_id=str(decision)) if decision else Fields()
        return _form(visit, household_id, parts, about)

    @routes.post("/households/{household_id}/objection")
    def post_objection(household_id: Which, visit: Objecting) -> Response:
        """Hand it in and go to its page; with faults the form again."""
        names = ("about", "indicator", "decision_id", "statement")
        typed = Fields({name: visit.form.get(name, "").strip() for name in names})
        try:
            asked = ObjectionAsked.model_validate(
                {"household_id": household_id, **{name: value or None for name, value in typed.items()}}
            )
            raised = Raised(household_id, asked.about, asked.indicator, asked.decision_id, asked.statement)
            filed = file_objection(raised, parts, caller=visit.caller)
            return visit.go(f"/console/objections/{filed.objection_id}")
        except (ValidationError, Refused, UnknownDecision) as refused:
            check_seen(household_id, parts, caller=visit.caller)
            return _form(visit, household_id, parts, typed, _faults(refused), status=422)

    @routes.get("/objections")
    def get_list(visit: Reading, state: Literal["open", "answered", "all"] = "open", after: After = -1) -> Response:
        """Objections that the reader may see, oldest first, without their words."""
        only = {"open": True, "answered": False, "all": None}[state]
        found, today = list_objections(Wanted(open_only=only, after=after, most=A_PAGE + 1), parts, caller=visit.caller)
        return visit.show(
            "households/objections.html",
            words=all_words(),
            found=found[:A_PAGE],
            more=len(found) > A_PAGE,
            today=today,
            state=state,
            begun=after >= 0,
        )

    @routes.get("/objections/{objection_id}")
    def get_objection(objection_id: UUID, visit: Reading) -> Response:
        """An objection with its words."""
        return _one(visit, objection_id, parts)

    @routes.post("/objections/{objection_id}/outcome")
    def post_outcome(objection_id: UUID, visit: Resolving) -> Response:
        """Answer it in writing, once."""
        typed = Fields({name: visit.form.get(name, "").strip() for name in ("outcome", "answer")})
        try:
            asked = OutcomeAsked.model_validate(dict(typed))
        except ValidationError as refused:
            return _one(visit, objection_id, parts, typed, _faults(refused), status=422)
        resolve_objection(objection_id, parts, caller=visit.caller, outcome=asked.outcome, answer=asked.answer)
        return visit.go(f"/console/objections/{objection_id}")

    return routes


def _faults(refused: ValidationError | Refused | UnknownDecision) -> dict[str, str]:
    if isinstance(refused, UnknownDecision):
        return {"decision_id": FAULTS["decision_id"]}
    if isinstance(refused, Refused):
        wrong = {it.where.removeprefix("body.") for it in refused.faults}
    else:
        wrong = {str(one["loc"][0]) for one in refused.errors(include_input=False, include_context=False)}
    return {name: FAULTS[name] for name in FAULTS if name in wrong}


def _form(
    visit: Visit,
    household_id: str,
    parts: Parts,
    typed: Fields,
    faults: dict[str, str] | None = None,
    *,
    status: int = 200,
) -> Response:
    policy = parts.policies.in_force(civil_day(parts.clock.now()))
    headings = [(one.label, [it for it in policy.indicators if it.heading == one.id]) for one in policy.headings]
    return visit.show(
        "households/objection_form.html",
        status=status,
        words=all_words(),
        household_id=household_id,
        headings=headings,
        form=typed,
        faults=Fields(faults or {}),
    )


def _one(
    visit: Visit,
    objection_id: UUID,
    parts: Parts,
    typed: Fields | None = None,
    faults: dict[str, str] | None = None,
    *,
    status: int = 200,
) -> Response:
    found, today = read_objection(objection_id, parts, caller=visit.caller)
    labels = {one.id: one.label for one in parts.policies.in_force(today).indicators}
    return visit.show(
        "households/objection.html",
        status=status,
        words=all_words(),
        one=found,
        today=today,
        label=labels.get(found.indicator or "", Text(found.indicator or "", found.indicator or "")),
        form=typed or Fields(),
        faults=Fields(faults or {}),
        may_resolve=visit.caller.may(Act.RESOLVE_OBJECTION) and found.outcome is None,
        may_see_decision=visit.caller.may(Act.READ_DECISION),
    )
