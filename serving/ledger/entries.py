"""A decision as an entry of the ledger: canonical JSON and its hash."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from scoring.canonical import canonical, sha256
from scoring.opinion import Unavailable, opinion_data

FORMAT = 2
"""Version of the entry's layout; a later one never changes how an earlier one is read.

1: advisory is null. 2: advisory is an opinion, or says why there is none.
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One recorded decision. content: the canonical bytes that ``sha256`` is the hash of."""

    entry_no: int
    decision_id: UUID
    content: bytes
    sha256: str


def entry_content(
    *,
    decision_id: UUID,
    recorded_at: datetime,
    household_id: str,
    village_code: str,
    request: dict[str, Any],
    binding: dict[str, Any],
    advisory: dict[str, Any],
    read: dict[str, Any],
) -> tuple[bytes, str]:
    """The canonical bytes of a decision and their SHA-256.

    advisory: replaced by the statement that it failed where it has no canonical form, so that
    nothing a model says can keep a decision from being recorded.
    """
    entry = {
        "format": FORMAT,
        "kind": "decision",
        "decision_id": str(decision_id),
        "recorded_at": recorded_at.isoformat(),
        "household_id": household_id,
        "village_code": village_code,
        "request": request,
        "binding": binding,
        "advisory": advisory,
        "read": read,
    }
    try:
        content = canonical(entry)
    except (TypeError, ValueError):
        content = canonical(entry | {"advisory": opinion_data(Unavailable("failed"))})
    return content, sha256(content)
