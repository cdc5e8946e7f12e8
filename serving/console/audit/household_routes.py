"""The household's page for auditors: everything about one decision or today's state, and who did what; and the ID number, whole."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from feature_store.adapters.case_reads import LAST
from scoring.batch import STATUSES
from serving.access.callers import Forbidden
from serving.access.roles import Act
from serving.api.asked import HouseholdId
from serving.console.admin.asked import ROLES
from serving.console.audit.data_shown import Data
from serving.console.audit.model_shown import model_of
from serving.console.audit.points_shown import blocks_of, disagreements
from serving.console.audit.replay_shown import Replays, causes, left_out, verdict_words
from serving.console.audit.subject import Subject, subject_of, way_up
from serving.console.audit.vetoes_shown import STATES, vetoes_of
from serving.console.households.proof_shown import proof_of
from serving.console.households.shown_binding import shown
from serving.console.households.words import all_words
from serving.console.sections import N_
from serving.console.visit import Visit, page
from serving.county.area_states import AreaStates
from serving.ledger.entries import Entry
from serving.privacy.unmask import unmask
from serving.rights.case_file import CaseFile, case_file
from serving.wiring import Parts

NO_REASON = N_("Say why the number is needed, in at most 500 characters: it stands in the log.")
MOST_REASON = 500
Which = Annotated[HouseholdId, Path()]
Auditing = Annotated[Visit, page(Act.AUDIT)]


def household_routes(parts: Parts, areas: AreaStates) -> APIRouter:
    """The pages over one set of parts."""
    routes, replays = APIRouter(prefix="/console/audit/households/{household_id}"), Replays(parts)

    def show(visit: Visit, case: CaseFile, *, replayed: bool, fault: str | None = None) -> Response:
        subject = subject_of(case, parts)
        seen = _seen(subject, parts) if subject is not None and subject.policy is not None else None
        replay = replays.now(case.entry.decision_id, visit.caller) if replayed and case.entry else None
        return visit.show(
            "audit/household.html",
            status=422 if fault else 200,
            words=all_words() | {"vetoes": STATES, "roles": {it.value: label for it, label in ROLES.items()}},
            case=case,
            subject=subject,
            seen=seen,
            path=way_up(case),
            grades=_grades(case, parts),
            receipt=_receipt(case.entry),
            replay=replay,
            verdict=verdict_words(replay) if replay else None,
            causes=causes(replay) if replay else [],
            left_out=left_out(replay) if replay else [],
            fault=fault,
        )

    @routes.get("")
    def get_household(
        household_id: Which,
        visit: Auditing,
        decision: UUID | None = None,
        at: Annotated[str, Query(pattern="^today$")] = "",
        replay: Annotated[str, Query(pattern="^now$")] = "",
        calls_before: Annotated[int, Query(ge=0, le=LAST)] = LAST,
    ) -> Response:
        """The newest decision, another one, or the state of today; replayed where that is asked for."""
        case = case_file(
            household_id,
            parts,
            areas,
            caller=visit.caller,
            decision_id=decision,
            today=bool(at),
            calls_before=calls_before,
        )
        return show(visit, case, replayed=bool(replay))

    @routes.post("/unmasking")
    def post_unmasking(household_id: Which, visit: Annotated[Visit, page(Act.UNMASK)]) -> Response:
        """The ID number, shown once on the answer to this form and in no address; who asked, and why, is in the log first."""
        if not visit.caller.may(Act.AUDIT):
            raise Forbidden("the caller's role does not allow this page")
        reason = visit.form.get("reason", "").strip()
        if not reason or len(reason) > MOST_REASON or not reason.isprintable():
            case = case_file(household_id, parts, areas, caller=visit.caller)
            return show(visit, case, replayed=False, fault=NO_REASON)
        number = unmask(household_id, parts, caller=visit.caller, reason=reason)
        return visit.show("audit/unmasked.html", household_id=household_id, number=number, reason=reason)

    return routes


def _seen(subject: Subject, parts: Parts) -> dict[str, Any]:
    """The outcome taken apart, under the policy that made it."""
    policy = subject.policy
    assert policy is not None
    data, model = Data(subject, policy), model_of(subject.advisory, policy, parts.policies.latest)
    blocks = blocks_of(subject.binding, policy, data, model)
    marks = [row.datum.mark for block in blocks for row in block.rows]
    return {
        "policy": policy,
        "binding": shown(
            subject.binding, policy, purpose=subject.request["purpose"] if subject.request is not None else None
        ),
        "model": model,
        "blocks": blocks,
        "apart": disagreements(blocks),
        "vetoes": vetoes_of(subject.binding, policy, data),
        "marks": {it: marks.count(it) for it in ("missing", "stale", "old")},
        "most": max((abs(it.pushes) for it in blocks if it.pushes is not None), default=0.0),
        "on": date.fromisoformat(subject.binding["on"]),
    }


def _grades(case: CaseFile, parts: Parts) -> list[dict[str, Any]]:
    """The household in the county's gradings, newest first."""
    found = []
    for one in case.grades:
        policy = parts.policies.by_sha256(one.policy_sha256)
        grade = policy.grades[one.grade].id if policy and one.grade >= 0 else None
        found.append({"run": one, "status": STATUSES[one.status], "grade": grade})
    return found


def _receipt(entry: Entry | None) -> Any:
    return proof_of(None, entry, None) if entry is not None else None
