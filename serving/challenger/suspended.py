"""Opinions while they are suspended: what a decision says then, and whether a recorded one says what stood at its time."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from feature_store.adapters import suspensions
from feature_store.adapters.store import Moment
from feature_store.adapters.suspensions import Suspension
from scoring.errors import LushiError
from scoring.suspension import Suspended, suspended_data

WAS_SUSPENDED = "the opinion, which was suspended at its time: no model was asked"


class OpinionsSuspended(LushiError):
    """Opinions are suspended, so the model is not asked about anybody."""

    def __init__(self, suspension: Suspension) -> None:
        super().__init__(
            f"opinions are {standing_words(suspension)}; two people let them be given again with `lushi model resume`"
        )


def advisory_of(suspension: Suspension) -> dict[str, Any]:
    """The advisory part of decisions while it stands."""
    return suspended_data(Suspended(suspension.reason, _since(suspension), suspension.entry_no))


def standing_words(suspension: Suspension) -> str:
    """Since when, and which entry says so, in words."""
    return f"suspended since {_since(suspension)} (entry {suspension.entry_no} of the log)"


def suspension_differences(recorded: dict[str, Any] | None, moment: Moment) -> list[str]:
    """What differs between a recorded advisory part and the suspension that stood, in words.

    moment: as the decision knew it. The note is wording and not compared.
    """
    status = (recorded or {}).get("status")
    if status not in ("given", "suspended"):
        return []
    stood = suspensions.known(moment.connection, moment.known_at)
    if status == "given":
        return ["opinions were suspended at its time, and it holds one"] if stood is not None else []
    if stood is None:
        return ["it says that opinions were suspended, and at its time they were not"]
    again, was = advisory_of(stood), recorded or {}
    names = sorted((again.keys() | was.keys()) - {"note"})
    return [f"the suspension's '{name}' differs" for name in names if again.get(name) != was.get(name)]


def _since(suspension: Suspension) -> str:
    return suspension.recorded_at.astimezone(UTC).isoformat()
