"""Whether the service stands: what binding answers need, the log's head, the invariants, the approved policies."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response

from feature_store.adapters import log_tables, promotions
from feature_store.filing import civil_day
from scoring.errors import PolicyNotInForce
from serving.access.roles import Act
from serving.console.sections import N_
from serving.console.visit import Visit, page
from serving.ledger.checkpoint import size_of
from serving.operations import invariants
from serving.operations.checkpoints import checkpoint_now
from serving.operations.policy_ending import WARN_DAYS, days_left
from serving.operations.readiness import NotReady, Readiness
from serving.wiring import Parts

PATH = "/console/admin"
LAST = 200
"""Decisions whose invariants are checked when the page is opened, the newest; the service checks all in turn."""
CHECKS = {
    "database": N_("The database answers"),
    "clock": N_("The clock is right"),
    "policy": N_("The policy in force is the approved one"),
    "log": N_("The log is what was signed"),
    "opinion": N_("The challenger can be asked (advisory)"),
}
INVARIANTS = {
    "points_sum_to_the_score": N_("The points sum to the score"),
    "grade_is_its_band": N_("The grade is its band's"),
    "veto_means_no_grade": N_("A veto means no grade"),
    invariants.COMMITTED: N_("Contents are as the log committed them"),
    invariants.HEAD: N_("The log's head is the database's"),
    invariants.ONE_BANK: N_("No household has open decisions at two banks"),
}
Administering = Annotated[Visit, page(Act.ADMINISTER)]


def service_page(parts: Parts) -> APIRouter:
    """The page over one set of parts."""
    routes, readiness = APIRouter(), Readiness(parts)

    @routes.get(PATH)
    def get_service(visit: Administering) -> Response:
        """How the service stands now."""
        with parts.store.looking(parts.clock.now()) as moment:
            size = log_tables.size(moment.connection)
            note = log_tables.newest_checkpoint(moment.connection)
            signed_at = log_tables.newest_signed_at(moment.connection)
            promotion = promotions.standing(moment.connection)
        found = invariants.check(parts, start=max(0, size - LAST), most=LAST)
        return visit.show(
            "admin/service.html",
            checks=[(CHECKS[name], ok) for name, ok in _ready(readiness).items()],
            size=size,
            covered=size_of(note) if note else None,
            signed_at=signed_at,
            version=promotion.version if promotion else None,
            invariants=[(INVARIANTS[it], found.checks.get(it, 0), found.counts.get(it, 0)) for it in invariants.NAMES],
            violations=found.violations,
            policies=_policies(parts),
            days_left=_days_left(parts),
            warn_days=WARN_DAYS,
            last=LAST,
        )

    @routes.post(PATH + "/checkpoint")
    def post_checkpoint(visit: Administering) -> Response:
        """Sign a checkpoint over everything recorded so far."""
        checkpoint_now(parts)
        return visit.go(PATH)

    return routes


def _ready(readiness: Readiness) -> dict[str, bool]:
    try:
        found = readiness.look()
    except NotReady as missing:
        failed = {it.name for it in missing.failed}
        return {name: name not in failed for name in CHECKS if name in failed or name != "clock"}
    return {it.name: it.ok for it in (*found.checks, found.opinion)}


def _policies(parts: Parts) -> list[dict[str, object]]:
    """Every approved policy, newest first, with who approved it."""
    return [
        {"approval": approval, "policy": policy, "certificate": parts.certificates[policy.sha256].sha256}
        for approval in reversed(parts.policies.approvals)
        if (policy := parts.policies.by_sha256(approval.sha256)) is not None
    ]


def _days_left(parts: Parts) -> int | None:
    try:
        return days_left(parts.policies, civil_day(parts.clock.now()))
    except PolicyNotInForce:
        return -1
