"""What came after a decision: marks of objections to it and overrides by people. Beside the record, never in it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from feature_store.adapters import objections
from feature_store.adapters.store import Moment


def afterwards(moment: Moment, decision_id: UUID) -> dict[str, Any] | None:
    """Marks and overrides of a decision; None where nothing came after it."""
    marks = objections.decision_marks(moment.connection, decision_id)
    return {"marks": marks} if marks else None
