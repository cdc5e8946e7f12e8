"""All that one look at a household shows beside its state: earlier grades, the caller's consents, its newest decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from feature_store.adapters import glance_reads
from feature_store.adapters.consents import Consent
from feature_store.adapters.glance_reads import Registered, Then
from feature_store.adapters.store import Moment
from feature_store.filing import CIVIL_TIME
from feature_store.quarter import quarter_of
from scoring.areas import TOWNSHIP_DIGITS
from scoring.assess import assess
from scoring.batch import STATUSES
from scoring.credit_file import CreditFile
from scoring.errors import PolicyNotInForce
from scoring.policy.elements import Text
from serving.access.callers import Caller
from serving.access.roles import OF_A_BANK
from serving.consents.uses import Use
from serving.county.area_states import AreaStates
from serving.decisions.decide import State, state_at
from serving.ledger import postgres as ledger
from serving.ledger.entries import Entry
from serving.wiring import Parts

_DAY, _LEAST = timedelta(days=1), timedelta(microseconds=1)


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
    decision: the newest that the caller may see. elsewhere: another bank's decision is open, whoever may be told; see
    :attr:`open_elsewhere`.
    """

    state: State
    village: Text
    township: Text
    yesterday: Earlier | None
    last_quarter: Earlier | None
    consents: list[Consent]
    decision: Entry | None
    elsewhere: bool

    @property
    def today(self) -> date:
        """The day of the look."""
        return self.state.assessment.on

    @property
    def open_elsewhere(self) -> bool:
        """Whether a decision would be refused now because another bank's is open.

        Only for a bank that would be told so if it decided: without the household's consent it is refused for that alone.
        """
        return self.elsewhere and bool(self.live(Use.CREDIT_DECISION))

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
        state = state_at(moment, household_id, parts, areas, caller=caller)
        today, village = state.assessment.on, state.assessment.file.village_code
        codes = village, village[:TOWNSHIP_DIGITS]
        reads = glance_reads.read(
            moment.connection,
            household_id,
            tenant=caller.tenant if caller.role in OF_A_BANK else None,
            now=moment.known_at,
            codes=codes,
            before_quarter=str(quarter_of(today)),
            then=_yesterday(moment, parts, today),
            layouts=moment.layouts,
        )
        named = [Text(*reads.names.get(code, (code, code))) for code in codes]
        return Glance(
            state=state,
            village=named[0],
            township=named[1],
            yesterday=_assessed(reads.file, parts, today - _DAY),
            last_quarter=_registered(reads.graded, parts),
            consents=reads.consents,
            decision=ledger.find(moment, state.latest) if state.latest else None,
            elsewhere=reads.open_elsewhere,
        )


def _yesterday(moment: Moment, parts: Parts, today: date) -> Then | None:
    """The day before as it was known at its end; None where no policy was in force."""
    try:
        policy = parts.policies.in_force(today - _DAY)
    except PolicyNotInForce:
        return None
    end = datetime.combine(today, time(0), CIVIL_TIME) - _LEAST
    return Then(today - _DAY, end, policy, moment.lists_at(end, policy=policy))


def _assessed(file: CreditFile | None, parts: Parts, on: date) -> Earlier | None:
    if file is None:
        return None
    settled = assess(file, parts.policies.in_force(on), on=on).settled
    return Earlier(on, None, settled.status, settled.grade.id if settled.grade else None)


def _registered(row: Registered | None, parts: Parts) -> Earlier | None:
    policy = parts.policies.by_sha256(row.policy_sha256) if row else None
    if row is None or policy is None:
        return None
    grade = policy.grades[row.grade].id if row.grade >= 0 else None
    return Earlier(row.on, row.quarter, STATUSES[row.status], grade)
