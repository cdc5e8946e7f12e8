"""All that one look at a household shows beside its state: earlier grades, the caller's consents, its newest decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from feature_store.adapters import consents, register_reads
from feature_store.adapters.consents import Consent
from feature_store.adapters.store import Moment
from feature_store.filing import CIVIL_TIME, civil_day
from feature_store.quarter import quarter_of
from scoring.areas import TOWNSHIP_DIGITS
from scoring.assess import assess
from scoring.batch import STATUSES
from scoring.errors import PolicyNotInForce
from scoring.policy.elements import Text
from serving.access.callers import Caller
from serving.access.roles import OF_A_BANK
from serving.consents.scope import household_of
from serving.county.area_states import AreaStates
from serving.decisions.decide import State, state_at
from serving.ledger import postgres as ledger
from serving.ledger.entries import Entry
from serving.wiring import Parts

_LEAST = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Earlier:
    """What stood before. quarter: of the register that recorded it; None for what was never recorded. grade: its id."""

    on: date
    quarter: str | None
    status: str
    grade: str | None


@dataclass(frozen=True, slots=True)
class Glance:
    """A household as it is looked at today.

    yesterday: as it was known at that day's end; None where it was not registered, or no policy was in force.
    last_quarter: by the newest register of an earlier quarter that holds it. consents: newest first; of a bank its own.
    decision: the newest that the caller may see.
    """

    state: State
    village: Text
    township: Text
    yesterday: Earlier | None
    last_quarter: Earlier | None
    consents: list[Consent]
    decision: Entry | None

    @property
    def today(self) -> date:
        """The day of the look."""
        return self.state.assessment.on

    def live(self, use: str) -> list[Consent]:
        """The consents to a use that count today, newest first."""
        return [
            one
            for one in self.consents
            if one.purpose == use and one.withdrawn_at is None and one.granted_on <= self.today <= one.until
        ]


def glance(household_id: str, parts: Parts, areas: AreaStates, *, caller: Caller) -> Glance:
    """Look at a household; nothing is recorded.

    Raises:
        UnknownHousehold: also for one that lies where the caller may not look.
        PolicyNotInForce, StoreUnavailable: as a decision.
    """
    with parts.store.moment(parts.clock.now) as moment:
        household = household_of(moment, household_id, caller)
        state = state_at(moment, household_id, parts, areas, caller=None)
        latest = ledger.latest(moment, household_id, seen_by=caller)
        code, number = household.village_code, household.household_no
        named = register_reads.names(moment.connection, code, code[:TOWNSHIP_DIGITS])
        found = consents.of_household(moment.connection, number)
        village, township = (Text(*named.get(it, (it, it))) for it in (code, code[:TOWNSHIP_DIGITS]))
        return Glance(
            state=state,
            village=village,
            township=township,
            yesterday=_yesterday(moment, household_id, parts),
            last_quarter=_last_quarter(moment, number, parts),
            consents=[one for one in found if caller.role not in OF_A_BANK or one.tenant == caller.tenant],
            decision=ledger.find(moment, latest) if latest else None,
        )


def _yesterday(moment: Moment, household_id: str, parts: Parts) -> Earlier | None:
    today = civil_day(moment.known_at)
    then, on = moment.known(datetime.combine(today, time(0), CIVIL_TIME) - _LEAST), today - timedelta(days=1)
    try:
        policy = parts.policies.in_force(on)
    except PolicyNotInForce:
        return None
    file = then.credit_file(household_id, on=on, policy=policy)
    if file is None:
        return None
    settled = assess(file, policy, on=on).settled
    return Earlier(on, None, settled.status, settled.grade.id if settled.grade else None)


def _last_quarter(moment: Moment, household_no: int, parts: Parts) -> Earlier | None:
    quarter = str(quarter_of(civil_day(moment.known_at)))
    run = register_reads.newest(moment.connection, before_quarter=quarter)
    policy = parts.policies.by_sha256(run.policy_sha256) if run else None
    row = register_reads.of_household(moment.connection, run, household_no) if run else None
    if run is None or policy is None or row is None:
        return None
    status, grade = row
    return Earlier(run.on, run.quarter, STATUSES[status], policy.grades[grade].id if grade >= 0 else None)
