"""A decision as the ledger holds it: its content as canonical JSON, and its entry in the log."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from typing import Any
from uuid import UUID

from scoring.canonical import joined
from scoring.errors import LushiError
from scoring.opinion import Unavailable, opinion_data
from serving.ledger.commitment import commitment

FORMAT = 5
"""Version of the entry's layout; a later one never changes how an earlier one is read.

1: advisory is null. 2: advisory is an opinion, or says why there is none. 3: the client that asked, and its tenant.
4: the consent that was checked, the marks that objections left on data, and the person's rights; ``binding`` is as before.
5: advisory may also say that opinions are suspended, why, since when, and which entry of the log says so.
"""


class UnknownDecision(LushiError):
    """The ledger holds no decision with that id, or none that the caller may see: the same answer for both."""

    def __init__(self) -> None:
        super().__init__("the ledger holds no decision with that id; check the id")


@dataclass(frozen=True, slots=True)
class Entry:
    """One recorded decision and its receipt.

    tenant: whose decision it is, None for one of before callers were told apart. content: canonical bytes, and salt: what the entry commits to; both None once they were erased.
    body: the entry's bytes in the log. checkpoint: the newest one when it was answered, None before the first.
    """

    entry_no: int
    decision_id: UUID
    tenant: str | None
    content: bytes | None
    body: bytes
    salt: bytes | None
    checkpoint: str | None

    @property
    def intact(self) -> bool:
        """Whether the content is what the entry commits to."""
        if self.content is None or self.salt is None:
            return False
        said: str = json.loads(self.body)["commitment"]
        return compare_digest(said, commitment(self.content, self.salt))


def entry_content(
    *,
    decision_id: UUID,
    recorded_at: datetime,
    household_id: str,
    village_code: str,
    client: dict[str, Any],
    request: dict[str, Any],
    consent: dict[str, Any],
    binding: dict[str, Any],
    advisory: dict[str, Any],
    read: dict[str, Any],
    marks: Sequence[dict[str, str]],
    rights: Sequence[dict[str, str]] | None,
) -> bytes:
    """The canonical bytes of a decision.

    binding, advisory: as data, or with members that are written already. marks: what objections say of the data that were read. rights: None where the outcome could not be better.
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
        "client": client,
        "request": request,
        "consent": consent,
        "binding": binding,
        "advisory": advisory,
        "read": read,
        "marks": list(marks),
        "rights": list(rights) if rights is not None else None,
    }
    try:
        return joined(entry | {"binding": joined(binding), "advisory": joined(advisory)})
    except (TypeError, ValueError):
        return joined(entry | {"binding": joined(binding), "advisory": opinion_data(Unavailable("failed"))})
