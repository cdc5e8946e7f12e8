"""What came after a decision: marks of objections to it, overrides by people, how it ended. Beside the record, never in it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from feature_store.adapters import objections, overrides
from feature_store.adapters.closing_tables import closing_of
from feature_store.adapters.store import Moment
from feature_store.filing import civil_day
from serving.consents.shown import override_answer
from serving.decisions.closing import closing_data


def afterwards(moment: Moment, decision_id: UUID) -> dict[str, Any] | None:
    """Marks, overrides and closing of a decision, as they stand at the moment; None where nothing came after it."""
    today = civil_day(moment.known_at)
    marks = objections.decision_marks(moment.connection, decision_id)
    found = [override_answer(one, today) for one in overrides.of_decision(moment.connection, decision_id)]
    closed = closing_of(moment.connection, decision_id)
    closing = closing_data(closed) if closed is not None else None
    return {"marks": marks, "overrides": found, "closing": closing} if marks or found or closing else None
