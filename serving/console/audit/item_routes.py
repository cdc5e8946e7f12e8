"""One decision of a review: what it came to, replayed now, and the form for a finding."""

from __future__ import annotations

import json
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Response

from serving.access.roles import Act
from serving.console.audit.replay_shown import Replays, causes, left_out, verdict_words
from serving.console.audit.review_words import FINDINGS, NO_FINDING, NO_NOTE
from serving.console.households.form_state import Fields
from serving.console.households.shown_binding import shown
from serving.console.households.words import all_words
from serving.console.visit import Visit, page
from serving.ledger import postgres as ledger
from serving.refused import Refused
from serving.reviews.draw import MOST_DRAWN
from serving.reviews.notes import Finding, note
from serving.reviews.read import read_item
from serving.wiring import Parts

Auditing = Annotated[Visit, page(Act.AUDIT)]
Place = Annotated[int, Path(ge=1, le=MOST_DRAWN)]


def item_routes(parts: Parts) -> APIRouter:
    """The pages over one set of parts."""
    routes, replays = APIRouter(prefix="/console/audit/reviews/{review_id}/items/{position}"), Replays(parts)

    def show(
        visit: Visit,
        review_id: UUID,
        position: int,
        *,
        faults: dict[str, str] | None = None,
        form: dict[str, str] | None = None,
        status: int = 200,
    ) -> Response:
        found = read_item(review_id, position, parts)
        decision_id = found.item.decision_id
        with parts.store.looking(parts.clock.now()) as moment:
            entry = ledger.seen_by(moment, decision_id, visit.caller)
        said: dict[str, Any] | None = json.loads(entry.content) if entry.content is not None else None
        policy = parts.policies.by_sha256(said["binding"]["policy"]["sha256"]) if said else None
        replay = replays.now(decision_id, visit.caller)
        return visit.show(
            "audit/item.html",
            status=status,
            words=all_words(),
            found=found,
            item=found.item,
            review=found.review,
            findings=FINDINGS,
            said=said,
            binding=shown(said["binding"], policy, purpose=said["request"]["purpose"]) if said else None,
            replay=replay,
            verdict=verdict_words(replay),
            causes=causes(replay),
            left_out=left_out(replay),
            faults=Fields(faults or {}),
            form=Fields(form or {}),
        )

    @routes.get("")
    def get_item(review_id: UUID, position: Place, visit: Auditing) -> Response:
        """The decision in brief, its replay and its notes."""
        return show(visit, review_id, position)

    @routes.post("")
    def post_note(review_id: UUID, position: Place, visit: Auditing) -> Response:
        """Record a finding and go on to the next decision without one; after the last back to the review."""
        chosen, words = visit.form.get("finding", ""), visit.form.get("note", "")
        typed = {"finding": chosen, "note": words}
        if chosen not in set(Finding):
            return show(visit, review_id, position, faults={"finding": NO_FINDING}, form=typed, status=422)
        try:
            following = note(review_id, position, Finding(chosen), words, parts, caller=visit.caller)
        except Refused:
            return show(visit, review_id, position, faults={"note": NO_NOTE}, form=typed, status=422)
        back = f"/console/audit/reviews/{review_id}"
        return visit.go(back if following is None else f"{back}/items/{following}")

    return routes
