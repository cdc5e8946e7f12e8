"""A decision as an entry of the ledger: canonical JSON and its hash."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from scoring.canonical import canonical, sha256

FORMAT = 1
"""Version of the entry's layout; a later one never changes how an earlier one is read."""


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
    read: dict[str, Any],
) -> tuple[bytes, str]:
    """The canonical bytes of a decision and their SHA-256."""
    content = canonical(
        {
            "format": FORMAT,
            "kind": "decision",
            "decision_id": str(decision_id),
            "recorded_at": recorded_at.isoformat(),
            "household_id": household_id,
            "village_code": village_code,
            "request": request,
            "binding": binding,
            "advisory": None,
            "read": read,
        }
    )
    return content, sha256(content)
