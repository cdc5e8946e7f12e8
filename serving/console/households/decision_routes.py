"""A recorded decision's page, its proof, and how it was closed."""

from __future__ import annotations

import json
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response

from feature_store.filing import INVENTED_COUNTY, civil_day
from serving.access.roles import Act
from serving.console.households.form_state import Fields
from serving.console.households.proof_shown import proof_of
from serving.console.households.shown_binding import shown
from serving.console.households.words import all_words
from serving.console.sections import N_
from serving.console.visit import Visit, page
from serving.decisions.closing import Cause, close_decision
from serving.ledger import postgres as ledger
from serving.ledger.entries import Entry
from serving.operations.checkpoints import checkpoint_now
from serving.rights.afterwards import afterwards
from serving.rights.openable import openable
from serving.rights.overrides import MOST_DAYS
from serving.wiring import Parts

Reading = Annotated[Visit, page(Act.READ_DECISION)]
NO_CAUSE = N_("Choose how it ended.")


def decision_routes(parts: Parts) -> APIRouter:
    """The pages over one set of parts."""
    routes = APIRouter(prefix="/console/decisions/{decision_id}")

    @routes.get("")
    def get_decision(decision_id: UUID, visit: Reading) -> Response:
        """What was decided, as recorded; its receipt; what came after it."""
        return show_decision(visit, decision_id, parts)

    @routes.get("/proof")
    def get_proof(decision_id: UUID, visit: Reading) -> Response:
        """The proof that it is in the log, and its check in the reader's own browser."""
        note = checkpoint_now(parts)
        with parts.store.looking(parts.clock.now()) as moment:
            entry = ledger.seen_by(moment, decision_id, visit.caller)
            proof = proof_of(moment.connection, entry, note)
        return visit.show("households/proof.html", entry=entry, proof=proof, log_name=parts.signer.name)

    @routes.post("/closing")
    def post_closing(decision_id: UUID, visit: Annotated[Visit, page(Act.CLOSE_DECISION)]) -> Response:
        """Record how it ended, so that another bank may decide."""
        cause = visit.form.get("cause", "")
        if cause not in set(Cause):
            return show_decision(visit, decision_id, parts, faults={"cause": NO_CAUSE}, status=422)
        close_decision(decision_id, Cause(cause), parts, caller=visit.caller)
        return visit.go(f"/console/decisions/{decision_id}")

    return routes


def show_decision(
    visit: Visit,
    decision_id: UUID,
    parts: Parts,
    *,
    faults: dict[str, str] | None = None,
    form: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    """The decision's page; faults: of its forms, by field, with what was typed as ``form``."""
    with parts.store.looking(parts.clock.now()) as moment:
        entry = ledger.seen_by(moment, decision_id, visit.caller)
        after = afterwards(moment, decision_id) or {"marks": [], "overrides": [], "closing": None}
        today = civil_day(moment.known_at)
    said: dict[str, Any] | None = json.loads(entry.content) if entry.content is not None else None
    return visit.show(
        "households/decision.html",
        status=status,
        words=all_words(),
        causes=[it.value for it in Cause],
        entry=entry,
        after=after,
        openable=openable(after["marks"], parts, caller=visit.caller),
        today=today,
        receipt=proof_of(None, entry, None),
        said=said,
        binding=_binding(said, parts) if said else None,
        synthetic=bool(said) and str((said or {})["village_code"]).startswith(INVENTED_COUNTY),
        faults=Fields(faults or {}),
        form=Fields(form or {}),
        most_days=MOST_DAYS,
        may_close=visit.caller.may(Act.CLOSE_DECISION) and _own(visit, entry),
        may_override=visit.caller.may(Act.OVERRIDE) and _own(visit, entry),
        may_object=visit.caller.may(Act.OBJECT),
        may_see_household=visit.caller.may(Act.READ_HOUSEHOLD),
    )


def _own(visit: Visit, entry: Entry) -> bool:
    return entry.tenant == visit.caller.tenant


def _binding(said: dict[str, Any], parts: Parts) -> Any:
    policy = parts.policies.by_sha256(said["binding"]["policy"]["sha256"])
    return shown(said["binding"], policy, purpose=said["request"]["purpose"])
