"""The bank's call: assess a household and record the decision before it is answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from feature_store.adapters import idempotency, objections
from feature_store.adapters.consents import Consent
from feature_store.adapters.store import Moment
from feature_store.filing import civil_day
from feature_store.vector import history_dates
from scoring.assess import Assessment, assess
from scoring.canonical import canonical, sha256
from scoring.decision import binding_of, money, sources_data
from scoring.errors import LushiError
from scoring.opinion import Unavailable
from scoring.terms import Request
from serving.access.callers import Caller
from serving.challenger.advise import Asked, advise, card_says
from serving.consents.check import check_consent
from serving.consents.scope import UnknownHousehold, sees
from serving.consents.shown import consent_data
from serving.consents.uses import Use
from serving.county.area_states import AreaStates
from serving.county.purposes import check_purpose
from serving.decisions.closing import check_only_here, offered_until
from serving.decisions.rights import rights_of
from serving.ledger import postgres as ledger
from serving.ledger.entries import Entry, entry_content
from serving.telemetry.metrics import counting_decisions
from serving.wiring import Parts


class KeyInUse(LushiError):
    """The first call with an idempotency key has not ended yet."""


class KeyReused(LushiError):
    """An idempotency key came with another request than the first time."""


@dataclass(frozen=True, slots=True)
class DecisionRequest:
    """What a bank asks before disbursement."""

    household_id: str
    loan: Request
    consent_reference: str

    def as_data(self) -> dict[str, Any]:
        """The request as it is recorded."""
        return {
            "purpose": self.loan.purpose,
            "amount_cny": money(self.loan.amount_cny),
            "term_months": self.loan.term_months,
            "consent_reference": self.consent_reference,
        }

    def sha256(self) -> bytes:
        """The hash of everything that was asked."""
        return bytes.fromhex(sha256(canonical(self.as_data() | {"household_id": self.household_id})))


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
    with counting_decisions() as told, parts.turns.taken(), parts.store.moment(parts.clock.now) as moment:
        # First, so that a repeated call has its answer also on the day after the policy's end.
        if key is not None and (entry := _decided_before(moment, request, caller, key)) is not None:
            return entry
        on = civil_day(moment.known_at)
        policy = parts.policies.in_force(on)
        check_purpose(request.loan.purpose, policy)
        # History and promotion are read along, for the opinion alone: the assessment sees the file of today.
        reads = moment.decision_reads(
            request.household_id,
            tenant=caller.tenant,
            reference=request.consent_reference,
            days=(on, *history_dates(on)),
            policy=policy,
        )
        consent = check_consent(reads.consent, household_id=request.household_id, use=Use.CREDIT_DECISION, on=on)
        file, *past = reads.files
        if file is None:
            raise UnknownHousehold
        check_only_here(reads)
        area = areas.state(moment, file.village_code, on=on, policy=policy)
        assessment = assess(file, policy, on=on, area=area, request=request.loan)
        # The binding part is complete before the model is asked, and nothing that follows sees it.
        binding = binding_of(assessment, parts.certificates[policy.sha256].sha256)
        settled = assessment.settled
        advisory = advise(
            moment,
            parts.challengers,
            Asked(file, policy, on, area, request.loan, past),
            standing=reads.suspension or reads.promotion if reads.promotion_known else Unavailable("failed"),
            card=card_says(settled.status, settled.grade.id if settled.grade else None, policy),
        )
        told.of(binding, advisory)
        decision_id = uuid4()
        content = entry_content(
            decision_id=decision_id,
            recorded_at=moment.known_at,
            household_id=file.household_id,
            village_code=file.village_code,
            client={"client_id": caller.client_id, "tenant": caller.tenant},
            request=request.as_data(),
            consent=_checked(consent),
            binding=binding,
            advisory=advisory,
            read=sources_data(dict(file.sources)),
            marks=reads.marks,
            rights=rights_of(assessment),
        )
        entry = ledger.append(
            moment,
            decision_id=decision_id,
            household_id=file.household_id,
            tenant=caller.tenant,
            recorded_at=moment.known_at,
            offered_until=offered_until(assessment, moment.known_at),
            content=content,
        )
        if key is not None:
            idempotency.keep(
                moment.connection,
                tenant=caller.tenant,
                key=key,
                request_sha256=request.sha256(),
                decision_id=decision_id,
            )
        return entry


def _decided_before(moment: Moment, request: DecisionRequest, caller: Caller, key: str) -> Entry | None:
    """The decision that the caller's key already led to; the key is held until the transaction ends."""
    if not idempotency.claim(moment.connection, caller.tenant, key):
        raise KeyInUse("a call with this Idempotency-Key is under way; repeat it in a moment")
    led = idempotency.led_to(moment.connection, caller.tenant, key)
    if led is None:
        return None
    if led.request_sha256 != request.sha256():
        raise KeyReused("this Idempotency-Key was sent with another request before; take a fresh key")
    return ledger.find(moment, led.decision_id)


def _checked(consent: Consent) -> dict[str, Any]:
    """What was checked of a consent, as it is recorded."""
    said = consent_data(consent)
    return {name: said[name] for name in ("reference", "purpose", "granted_on", "until")}


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
