"""What was kept for its time: shown first, then erased, by two people who both prove who they are."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response

from feature_store.filing import civil_day
from serving.access.callers import NotSignedIn
from serving.access.passwords import Busy
from serving.access.roles import Act, Role
from serving.access.waits import MustWait
from serving.accounts.sign_in import sign_in, sign_out
from serving.console.admin.asked import Faults, why_of
from serving.console.sections import N_
from serving.console.visit import Visit, page
from serving.privacy.retention import look, run
from serving.privacy.retention_rules import RULES
from serving.wiring import Parts

PATH = "/console/admin/retention"
SECOND = N_("A second administrator, not you, must give name and password.")
Administering = Annotated[Visit, page(Act.ADMINISTER)]


def retention_page(parts: Parts) -> APIRouter:
    """The page over one set of parts."""
    routes = APIRouter()

    @routes.get(PATH)
    def get_retention(visit: Administering) -> Response:
        """What a run today would erase; nothing is changed."""
        return _show(parts, visit, {})

    @routes.post(PATH)
    def post_retention(visit: Administering) -> Response:
        """Erase it."""
        faults: Faults = {}
        why, second = why_of(visit.form, faults), visit.form.get("second", "")
        if not _is_second(parts, second, visit.form.get("password", ""), visit.caller.client_id):
            faults["second"] = SECOND
        if faults:
            return _show(parts, visit, faults)
        run(parts, by=visit.caller.client_id, second=second, why=why)
        return visit.go(PATH)

    return routes


def _is_second(parts: Parts, name: str, password: str, first: str) -> bool:
    """Whether another administrator proved to be there: signed in, and out at once."""
    if name == first:
        return False
    try:
        opened = sign_in(parts, name, password)
    except (NotSignedIn, MustWait, Busy):
        return False
    sign_out(parts, opened.tokens.session)
    return opened.role is Role.ADMINISTRATOR


def _show(parts: Parts, visit: Visit, faults: Faults) -> Response:
    on = civil_day(parts.clock.now())
    return visit.show(
        "admin/retention.html",
        on=on,
        rules=RULES,
        found={it.rule.id: it for it in look(parts, on)},
        form=visit.form,
        faults=faults,
        status=422 if faults else 200,
    )
