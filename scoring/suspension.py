"""What a decision says in place of an opinion while opinions are suspended.

Pure data, as ``opinion.py``: nothing in the binding path imports it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Cause = Literal["two_people", "red_alarm"]
"""Why opinions are suspended: two people said so, or a red alarm of the watch whose limit says that it suspends."""
NOTE = {
    "zh": "模型意见已暂停,未询问模型;等级、额度和一票否决不受影响",
    "en": "The model's opinion is suspended, and the model was not asked; grade, limit and vetoes are not affected",
}


@dataclass(frozen=True, slots=True)
class Suspended:
    """Opinions are suspended. since: ISO time; log_index: the entry of the log that says so."""

    reason: Cause
    since: str
    log_index: int


def suspended_data(suspended: Suspended) -> dict[str, Any]:
    """The advisory part as it is recorded and answered."""
    said = {"reason": suspended.reason, "since": suspended.since, "log_index": suspended.log_index}
    return {"status": "suspended", **said, "note": NOTE}
