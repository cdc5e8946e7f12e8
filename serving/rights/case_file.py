"""The whole story of one household for whoever audits it: its state or a decision, and everything that was done about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from feature_store.adapters import case_reads, registers
from feature_store.adapters.case_reads import LAST, Call, Registered, Unmasked
from feature_store.filing import civil_day
from scoring.areas import TOWNSHIP_DIGITS
from scoring.policy.elements import Text
from serving.access.callers import Caller, Forbidden
from serving.consents.scope import UnknownHousehold
from serving.county.area_states import AreaStates
from serving.decisions.decide import State, state_at
from serving.ledger import postgres as ledger
from serving.ledger.entries import Entry, UnknownDecision
from serving.rights.afterwards import afterwards
from serving.rights.lists import consents_shown, objections_shown, overrides_shown
from serving.wiring import Parts

MOST_CALLS = 20
MOST_GRADES = 40
MOST_UNMASKINGS = 20


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A household's story.

    state: today. entry: the decision that is looked at; None for the state of today. after: what came after that decision.
    village, township: as they are called now. calls: newest first, from a place on; more_calls: whether others follow.
    """

    household_id: str
    state: State
    entry: Entry | None
    after: dict[str, Any] | None
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
        connection, day = moment.connection, civil_day(moment.known_at)
        state = state_at(moment, household_id, parts, areas, caller=caller)
        found = moment.household(household_id, on=day)
        if found is None:
            raise UnknownHousehold
        number = found.household_no
        wanted = None if today else decision_id or state.latest
        entry = ledger.seen_by(moment, wanted, caller) if wanted else None
        if entry is not None:
            owner = ledger.whose(moment, entry.decision_id)
            if owner is None or owner.household_no != number:
                raise UnknownDecision
        names = registers.villages_of(connection)
        calls = case_reads.calls(connection, number, before=calls_before, most=MOST_CALLS + 1)
        return CaseFile(
            household_id=household_id,
            state=state,
            entry=entry,
            after=afterwards(moment, entry.decision_id) if entry else None,
            village=_named(names, found.village_code),
            township=_named(names, found.village_code[:TOWNSHIP_DIGITS]),
            grades=case_reads.grades(connection, number, most=MOST_GRADES),
            calls=calls[:MOST_CALLS],
            more_calls=len(calls) > MOST_CALLS,
            consents=consents_shown(moment, number),
            objections=objections_shown(moment, number, day),
            overrides=overrides_shown(moment, number, day),
            unmaskings=case_reads.unmaskings(connection, household_id, most=MOST_UNMASKINGS),
        )


def _named(names: dict[str, tuple[str, str]], code: str) -> Text:
    return Text(*names.get(code, (code, code)))
