"""Pages of trials: a draft tried on the whole county, and what was found."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Response
from starlette.exceptions import HTTPException

from feature_store.filing import civil_day
from scoring.errors import LushiError, PolicyFaults, PolicyNotInForce
from serving.access.roles import Act
from serving.approvals import trials
from serving.console.policies.shelf import NAME
from serving.console.policies.tried import tried
from serving.console.policies.views import TrialFault, shelf_of, show_policy
from serving.console.sections import N_
from serving.console.visit import Visit, page
from serving.trying.checks import TrialUnsound
from serving.trying.county import NobodyKnown
from serving.trying.kept import try_and_keep
from serving.trying.limits import NotMeasured
from serving.trying.report import DraftUnfit
from serving.wiring import Parts

Folder = Annotated[str, Path(pattern=f"^{NAME}$")]
Entry = Annotated[int, Path(ge=0, lt=2**62)]
NOT_A_DAY = N_("Give the day as year, month and day.")
TO_COME = N_("The day has not come yet.")
FAILED: tuple[tuple[type[LushiError], str], ...] = (
    (PolicyNotInForce, N_("No policy was in force on that day: there is nothing to compare the draft with.")),
    (NobodyKnown, N_("No household was known by the end of that day. Choose a later one.")),
    (DraftUnfit, N_("The draft would read stored values otherwise than they were written.")),
    (NotMeasured, N_("The draft limits something that this trial cannot measure.")),
    (TrialUnsound, N_("The trial did not pass its own checks, so nothing was kept. Tell the administrator.")),
    (PolicyFaults, N_("The draft has faults.")),
)


def trial_routes(parts: Parts) -> APIRouter:
    """The pages over one set of parts."""
    routes = APIRouter()

    @routes.get("/console/policies/trials/{number}")
    def get_trial(number: Entry, visit: Annotated[Visit, page(Act.READ_POLICIES)]) -> Response:
        """A kept trial: who moves under the draft, and for which change."""
        try:
            found = trials.kept(parts, number)
        except trials.NoSuchTrial:
            raise HTTPException(404) from None
        return visit.show("policies/trial.html", found=found, shown=tried(found, visit.reader.language))

    @routes.post("/console/policies/versions/{folder}/trials")
    def post_trial(folder: Folder, visit: Annotated[Visit, page(Act.PROPOSE_POLICY)]) -> Response:
        """Try a draft on the whole county, and keep what was found."""
        shelf = shelf_of(parts)
        opened = shelf.open(folder)
        if opened is None or opened.version.approval is not None or opened.version.policy is None:
            raise HTTPException(404)
        typed = visit.form.get("on", "")[:40]
        on = _day(typed)
        if on is None or on > civil_day(parts.clock.now()):
            fault = TrialFault((NOT_A_DAY if on is None else TO_COME,), on=typed)
            return show_policy(parts, visit, folder, trial_fault=fault)
        try:
            made = try_and_keep(parts, shelf.path(folder), on, by=visit.caller.client_id)
        except tuple(kind for kind, _ in FAILED) as failed:
            words = next(words for kind, words in FAILED if isinstance(failed, kind))
            return show_policy(parts, visit, folder, trial_fault=TrialFault((words,), (str(failed),), typed))
        return visit.go(f"/console/policies/trials/{made.head.number}")

    return routes


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None
