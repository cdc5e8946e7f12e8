"""One call of a bank, and a household's state that is not recorded."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from feature_store.adapters import objections
from feature_store.adapters.store import Moment
from feature_store.filing import civil_day
from scoring.assess import Assessment, assess
from serving.access.callers import Caller
from serving.consents.scope import UnknownHousehold, sees
from serving.county.area_states import AreaStates
from serving.decisions.group import decide_many
from serving.decisions.request import Call, DecisionRequest
from serving.ledger import postgres as ledger
from serving.ledger.entries import Entry
from serving.wiring import Parts


def decide(
    request: DecisionRequest, parts: Parts, areas: AreaStates, *, caller: Caller, key: str | None = None
) -> Entry:
    """Decide for a caller and record. What returns is committed.

    key: of the caller's own choice; the same key with the same request gives the decision of the first call.

    Raises:
        OpenElsewhere: where another bank's decision on the household is open.
        KeyInUse, KeyReused: where the key's first call is still under way, or was another request.
        ConsentInvalid: where the household's consent does not allow it; a household that is not there gave none.
        UnknownHousehold, UnknownPurpose, PolicyNotInForce: for a request that cannot be decided.
        StoreUnavailable: where the database is away; then nothing is recorded.
        TooBusy: where too many calls are being decided; then nothing is recorded.
    """
    (outcome,) = decide_many([Call(request, caller, key)], parts, areas)
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


class State(NamedTuple):
    """A household's state at a moment.

    latest: its newest decision that the caller may see. marks: what objections say of its data.
    """

    assessment: Assessment
    latest: UUID | None
    marks: list[dict[str, str]]


def state_of(household_id: str, parts: Parts, areas: AreaStates, *, caller: Caller | None = None) -> State:
    """A household's state now, not recorded.

    caller: None for nobody's call, which sees every household and no decision.

    Raises:
        UnknownHousehold: also for one that lies where the caller may not look.
        PolicyNotInForce, StoreUnavailable: as :func:`decide`.
    """
    with parts.store.moment(parts.clock.now) as moment:
        return state_at(moment, household_id, parts, areas, caller=caller)


def state_at(moment: Moment, household_id: str, parts: Parts, areas: AreaStates, *, caller: Caller | None) -> State:
    """As :func:`state_of`, inside a moment that is open."""
    on = civil_day(moment.known_at)
    policy = parts.policies.in_force(on)
    found = moment.household(household_id, on=on)
    if found is None or (caller is not None and not sees(moment, found, caller)):
        raise UnknownHousehold
    file = moment.credit_file(household_id, on=on, policy=policy)
    if file is None:
        raise UnknownHousehold
    area = areas.state(moment, file.village_code, on=on, policy=policy)
    latest = ledger.latest(moment, household_id, seen_by=caller) if caller is not None else None
    marks = objections.datum_marks(moment.connection, found.household_no)
    return State(assess(file, policy, on=on, area=area), latest, marks)
