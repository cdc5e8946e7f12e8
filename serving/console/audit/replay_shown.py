"""A decision replayed now for its page: identical or not, in words. Nothing is recorded, and few are made at once."""

from __future__ import annotations

from threading import BoundedSemaphore
from uuid import UUID

from scoring.policy.elements import Text
from serving.access.callers import Caller
from serving.api.replay_routes import AT_ONCE, PATIENCE_SECONDS, STATEMENT_MS
from serving.challenger.suspended import WAS_SUSPENDED
from serving.console.sections import N_
from serving.county.area_states import AreaStates
from serving.replay.three_way import ReplaysBusy, ThreeWay, replay_otherwise
from serving.replay.words import REASONS, Verdict
from serving.wiring import Parts

IDENTICAL = N_("Identical: assessed again just now from what it read then, it gives the same answer, letter by letter.")
DIFFERS = N_("Not identical: record, data or program was altered. Find out which.")
CANNOT = N_("It cannot be replayed.")
STATED = {
    WAS_SUSPENDED: N_("Opinions were suspended then, so no model was asked; the opinion is not compared."),
    "the note, which is not compared, is worded otherwise today": N_(
        "The note at the end is worded otherwise today; it is not compared."
    ),
}
"""What a replay says of what it leaves out."""


class Replays:
    """Makes replays for pages, with areas of their own, so that replays of old days push no state of today out."""

    def __init__(self, parts: Parts) -> None:
        self._parts, self._areas = parts, AreaStates()
        self._turns = BoundedSemaphore(AT_ONCE)

    def now(self, decision_id: UUID, caller: Caller) -> ThreeWay:
        """The exact replay of a decision.

        Raises:
            UnknownDecision: where the caller sees none.
            ReplaysBusy: where too many are under way.
            StoreUnavailable: where the database is away or takes too long.
        """
        if not self._turns.acquire(timeout=PATIENCE_SECONDS):
            raise ReplaysBusy("too many replays are under way; try again shortly")
        try:
            return replay_otherwise(decision_id, self._parts, self._areas, caller=caller, statement_ms=STATEMENT_MS)
        finally:
            self._turns.release()


def verdict_words(found: ThreeWay) -> str:
    """What a replay came to."""
    return {Verdict.SAME: IDENTICAL, Verdict.DIFFERS: DIFFERS}.get(found.verdict, CANNOT)


def causes(found: ThreeWay) -> list[Text]:
    """Why it differs or cannot be made."""
    return [REASONS[it.kind] for it in found.why]


def left_out(found: ThreeWay) -> list[str]:
    """What it leaves out, as far as there are words for it."""
    return [STATED[it] for it in found.stated if it in STATED]
