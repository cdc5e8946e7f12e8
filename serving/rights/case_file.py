"""The whole story of one household for whoever audits it: its state or a decision, and everything that was done about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from feature_store.adapters import case_reads
from feature_store.adapters.area_names import Names
from feature_store.adapters.case_reads import LAST, Call, Most, Registered, Unmasked
from feature_store.filing import civil_day
from scoring.areas import TOWNSHIP_DIGITS
from scoring.policy.elements import Text
from serving.access.callers import Caller, Forbidden
from serving.consents.shown import consent_answer, objection_answer, override_answer
from serving.county.area_states import AreaStates
from serving.decisions.decide import State, state_at
from serving.ledger import postgres as ledger
from serving.ledger.entries import Entry, UnknownDecision
from serving.wiring import Parts

MOST_CALLS = 20
_MOST = Most(grades=40, calls=MOST_CALLS + 1, unmaskings=20)


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A household's story.

    state: today. entry: the decision that is looked at; None for the state of today.
    village, township: as they are called now. calls: newest first, from a place on; more_calls: whether others follow.
    """

    household_id: str
    state: State
    entry: Entry | None
    village: Text
    township: Text
    grades: list[Registered]
    calls: list[Call]
    more_calls: bool
    consents: list[dict[str, Any]]
    objections: list[dict[str, Any]]
    overrides: list[dict[str, Any]]
    unmaskings: list[Unmasked]


def case_file(
    household_id: str,
    parts: Parts,
    areas: AreaStates,
    *,
    caller: Caller,
    decision_id: UUID | None = None,
    today: bool = False,
    calls_before: int = LAST,
) -> CaseFile:
    """The story; nothing is recorded.

    decision_id: the decision to look at; None for the newest one. today: the state of today instead of a decision.

    Raises:
        Forbidden: for a caller who does not see what every bank asked.
        UnknownHousehold, UnknownDecision: where there is none that the caller may see.
        PolicyNotInForce, StoreUnavailable: as a decision.
    """
    if not caller.sees_every_tenant:
        raise Forbidden("the caller's role does not see what every bank asked")
    with parts.store.moment(parts.clock.now) as moment:
        state = state_at(moment, household_id, parts, areas, caller=caller)
        wanted = None if today else decision_id or state.latest
        entry = ledger.seen_by(moment, wanted, caller) if wanted else None
        day, village = civil_day(moment.known_at), state.assessment.file.village_code
        township = village[:TOWNSHIP_DIGITS]
        reads = case_reads.read(
            moment.connection,
            household_id,
            decision_id=wanted,
            codes=(village, township),
            calls_before=calls_before,
            most=_MOST,
        )
        if wanted and reads.owner != household_id:
            raise UnknownDecision
        return CaseFile(
            household_id=household_id,
            state=state,
            entry=entry,
            village=_named(reads.names, village),
            township=_named(reads.names, township),
            grades=reads.grades,
            calls=reads.calls[:MOST_CALLS],
            more_calls=len(reads.calls) > MOST_CALLS,
            consents=[consent_answer(one) for one in reads.consents],
            objections=[objection_answer(one, day) for one in reads.objections],
            overrides=[override_answer(one, day) for one in reads.overrides],
            unmaskings=reads.unmaskings,
        )


def _named(names: Names, code: str) -> Text:
    return Text(*names.get(code, (code, code)))
