"""Pages of the policy workshop: the versions, one version, and the forms that need two people."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response

from serving.access.roles import Act
from serving.approvals import proposals
from serving.approvals.proposals import OF_POLICIES, ProposalRefused
from serving.console import proposing
from serving.console.policies.shelf import NAME
from serving.console.policies.trial_routes import trial_routes
from serving.console.policies.views import show_policies, show_policy
from serving.console.visit import Visit, page
from serving.wiring import Parts

BASE = "/console/policies"
MOST_TYPED = 2_000
Folder = Annotated[str, Path(pattern=f"^{NAME}$")]
Entry = Annotated[int, Path(ge=0, lt=2**62)]
Reads = Annotated[Visit, page(Act.READ_POLICIES)]
Proposes = Annotated[Visit, page(Act.PROPOSE_POLICY)]
Confirms = Annotated[Visit, page(Act.CONFIRM_POLICY)]


def policy_routes(parts: Parts) -> APIRouter:
    """The pages over one set of parts."""
    routes = APIRouter()
    routes.include_router(trial_routes(parts))

    @routes.get(BASE)
    def get_policies(visit: Reads) -> Response:
        """Approved versions, drafts, trials, and what waits for a second person."""
        return show_policies(parts, visit)

    @routes.get(f"{BASE}/versions/{{folder}}")
    def get_policy(folder: Folder, visit: Reads) -> Response:
        """One version or draft."""
        return show_policy(parts, visit, folder)

    @routes.post(f"{BASE}/versions/{{folder}}/proposals")
    def post_proposal(folder: Folder, visit: Proposes) -> Response:
        """Propose a draft for approval."""
        why = visit.form.get("why", "")[:MOST_TYPED]
        try:
            proposals.propose(parts, "approve_policy", folder, by=visit.caller.client_id, why=why)
        except ProposalRefused as refused:
            fault = proposing.fault_of(refused, act="approve_policy", why=why)
            return show_policy(parts, visit, folder, fault=fault)
        return visit.go(BASE)

    @routes.post(f"{BASE}/proposals/{{number}}/confirm")
    def post_confirm(number: Entry, visit: Confirms) -> Response:
        """Approve a draft as the second person."""
        fault = proposing.end(proposals.confirm, parts, number, visit.caller, OF_POLICIES)
        return show_policies(parts, visit, fault) if fault else visit.go(BASE)

    @routes.post(f"{BASE}/proposals/{{number}}/close")
    def post_close(number: Entry, visit: Proposes) -> Response:
        """Decline or withdraw a proposal."""
        fault = proposing.end(proposals.close, parts, number, visit.caller, OF_POLICIES)
        return show_policies(parts, visit, fault) if fault else visit.go(BASE)

    return routes
