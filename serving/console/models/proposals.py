"""Forms that move the challenger: proposed by one person, confirmed, declined or withdrawn on the list's page."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response
from starlette.exceptions import HTTPException

from serving.access.roles import Act
from serving.approvals import proposals
from serving.approvals.proposals import OF_MODELS, ProposalRefused
from serving.console import proposing
from serving.console.models import listing
from serving.console.models.version import version_of
from serving.console.proposing import Fault
from serving.console.visit import Visit, page
from serving.wiring import Parts

BASE = "/console/models"
MOST_TYPED = 2_000
Entry = Annotated[int, Path(ge=0, lt=2**62)]
Moves = Annotated[Visit, page(Act.MOVE_CHALLENGER)]


def proposal_routes(parts: Parts) -> APIRouter:
    """The forms over one set of parts."""
    routes = APIRouter()

    @routes.post(f"{BASE}/proposals")
    def post_proposal(visit: Moves) -> Response:
        """Propose a move."""
        act = next((it for it in OF_MODELS if it == visit.form.get("act")), None)
        if act is None:
            raise HTTPException(400)
        subject, why = visit.form.get("subject", "")[:200], visit.form.get("why", "")[:MOST_TYPED]
        try:
            proposals.propose(parts, act, subject, by=visit.caller.client_id, why=why)
        except ProposalRefused as refused:
            fault = proposing.fault_of(refused, act=act, why=why)
            if act == "promote" and listing.one(parts, subject) is not None:
                return show_version(parts, visit, subject, fault)
            return show_models(parts, visit, fault)
        return visit.go(BASE)

    @routes.post(f"{BASE}/proposals/{{number}}/confirm")
    def post_confirm(number: Entry, visit: Moves) -> Response:
        """Confirm a move as the second person."""
        fault = proposing.end(proposals.confirm, parts, number, visit.caller, OF_MODELS)
        return show_models(parts, visit, fault) if fault else visit.go(BASE)

    @routes.post(f"{BASE}/proposals/{{number}}/close")
    def post_close(number: Entry, visit: Moves) -> Response:
        """Decline or withdraw a proposal."""
        fault = proposing.end(proposals.close, parts, number, visit.caller, OF_MODELS)
        return show_models(parts, visit, fault) if fault else visit.go(BASE)

    return routes


def show_models(parts: Parts, visit: Visit, fault: Fault | None = None) -> Response:
    """The list, with what is wrong with the form that was sent."""
    found = listing.models(parts, visit.caller)
    return visit.show("models/list.html", found=found, fault=fault, status=_status(fault))


def show_version(parts: Parts, visit: Visit, version: str, fault: Fault | None = None) -> Response:
    """One version, with what is wrong with the form that was sent."""
    listed = listing.one(parts, version)
    if listed is None:
        raise HTTPException(404)
    may = visit.caller.may(Act.MOVE_CHALLENGER) and listing.may_be_promoted(listed)
    found = version_of(parts, listed)
    return visit.show("models/version.html", found=found, may=may, fault=fault, status=_status(fault))


def _status(fault: Fault | None) -> int:
    return 200 if fault is None else 422 if fault.act else 409
