"""The decisions of one transaction: read, assessed, advised and recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import uuid4

from feature_store.adapters import idempotency
from feature_store.adapters.connect import of_database
from feature_store.adapters.consents import Consent
from feature_store.adapters.decision_reads import DecisionReads, ReadFor, Standing
from feature_store.adapters.idempotency import Key, Led
from feature_store.adapters.store import Moment
from feature_store.filing import civil_day
from feature_store.vector import history_dates
from scoring.assess import Assessment, assess
from scoring.credit_file import CreditFile
from scoring.decision import binding_written, sources_data
from scoring.opinion import Unavailable
from scoring.policy.schema import Policy
from serving.challenger.advise import Asked, advise, card_says
from serving.consents.check import check_consent
from serving.consents.scope import UnknownHousehold
from serving.consents.shown import consent_data
from serving.consents.uses import Use
from serving.county.area_states import AreaStates
from serving.county.purposes import check_purpose
from serving.decisions.closing import check_only_here, offered_until
from serving.decisions.request import Call, KeyInUse, KeyReused
from serving.decisions.rights import rights_of
from serving.ledger import postgres as ledger
from serving.ledger.entries import Entry, entry_content
from serving.wiring import Parts


class Attempt:
    """One transaction's calls, of which no two meet.

    outcomes: of each call, None where it must be decided alone. recorded: the two parts of each new decision.
    complete: all is done but the commit.
    """

    def __init__(self, calls: Sequence[Call]) -> None:
        self.calls = calls
        self.outcomes: list[Entry | Exception | None] = [None] * len(calls)
        self.recorded: list[tuple[Mapping[str, Any], Mapping[str, Any]]] = []
        self.complete = False


class _Assessed(NamedTuple):
    """A call whose binding part is complete."""

    place: int
    reads: DecisionReads
    consent: Consent
    assessment: Assessment
    binding: dict[str, Any]
    asked: Asked


def decide_at(moment: Moment, attempt: Attempt, parts: Parts, areas: AreaStates) -> None:
    """Decide the calls inside a moment's transaction: they stand once that commits.

    Raises:
        Exception: what the group as a whole fails of; what is one call's own becomes its outcome.
    """
    on = civil_day(moment.known_at)
    # First, so that a repeated call has its answer also on the day after the policy's end.
    fresh = _without_repeated(moment, attempt)
    asking = [place for place in fresh if _may_be_asked(attempt, place, parts, on)]
    if asking:
        policy = parts.policies.in_force(on)
        asked_for = [_read_for(attempt.calls[place]) for place in asking]
        # History and promotion are read along, for the opinion alone: the assessment sees the file of today.
        reads, standing = moment.decision_reads(asked_for, days=(on, *history_dates(on)), policy=policy)
        assessed = []
        for place, one in zip(asking, reads, strict=True):
            if not one.held:
                continue
            try:
                assessed.append(_assessed(moment, place, attempt.calls[place], one, parts, areas, policy, on))
            except Exception as error:
                if of_database(error):  # the transaction can go no further
                    raise
                attempt.outcomes[place] = error
        if assessed:
            _record(moment, attempt, assessed, standing, parts)
    attempt.complete = True


def _without_repeated(moment: Moment, attempt: Attempt) -> list[int]:
    """Places of calls that are new; the decision that a key already led to is the outcome of the others.

    Keys are held until the transaction ends.
    """
    keys = [(call.caller.tenant, call.key) for call in attempt.calls if call.key is not None]
    if not keys:
        return list(range(len(attempt.calls)))
    claimed = idempotency.claim_each(moment.connection, keys)
    fresh = []
    for place, call in enumerate(attempt.calls):
        if call.key is None:
            fresh.append(place)
            continue
        led = claimed.get((call.caller.tenant, call.key), KeyInUse())
        if led is None:
            fresh.append(place)
        elif isinstance(led, KeyInUse):
            attempt.outcomes[place] = led
        elif led.request_sha256 != call.request.sha256():
            attempt.outcomes[place] = KeyReused()
        else:
            attempt.outcomes[place] = ledger.find(moment, led.decision_id)
    return fresh


def _may_be_asked(attempt: Attempt, place: int, parts: Parts, on: date) -> bool:
    """Whether a policy is in force and takes the purpose; else that is the outcome."""
    try:
        check_purpose(attempt.calls[place].request.loan.purpose, parts.policies.in_force(on))
    except Exception as error:
        attempt.outcomes[place] = error
        return False
    return True


def _read_for(call: Call) -> ReadFor:
    return ReadFor(call.request.household_id, call.caller.tenant, call.request.consent_reference)


def _assessed(
    moment: Moment,
    place: int,
    call: Call,
    reads: DecisionReads,
    parts: Parts,
    areas: AreaStates,
    policy: Policy,
    on: date,
) -> _Assessed:
    """The binding part; complete before the model is asked, and nothing that follows sees it."""
    request = call.request
    consent = check_consent(reads.consent, household_id=request.household_id, use=Use.CREDIT_DECISION, on=on)
    file, *past = reads.files
    if file is None:
        raise UnknownHousehold
    check_only_here(reads)
    area = areas.state(moment, file.village_code, on=on, policy=policy)
    assessment = assess(file, policy, on=on, area=area, request=request.loan)
    binding = binding_written(assessment, parts.certificates[policy.sha256].sha256)
    return _Assessed(place, reads, consent, assessment, binding, Asked(file, policy, on, area, request.loan, past))


def _record(moment: Moment, attempt: Attempt, assessed: Sequence[_Assessed], standing: Standing, parts: Parts) -> None:
    """Ask for opinions and record."""
    advised = advise(
        moment,
        parts.challengers,
        [one.asked for one in assessed],
        standing=standing.suspension or standing.promotion if standing.known else Unavailable("failed"),
        cards=[_card(one.assessment) for one in assessed],
    )
    decided = [
        _decided(moment, attempt.calls[one.place], one, advisory)
        for one, advisory in zip(assessed, advised, strict=True)
    ]
    led: dict[Key, Led] = {}
    for one, new in zip(assessed, decided, strict=True):
        call = attempt.calls[one.place]
        if call.key is not None:
            led[call.caller.tenant, call.key] = Led(call.request.sha256(), new.decision_id)
    entries = ledger.append(moment, decided, along=[idempotency.keeping(led)] if led else [])
    for one, advisory, entry in zip(assessed, advised, entries, strict=True):
        attempt.outcomes[one.place] = entry
        attempt.recorded.append((one.binding, advisory))


def _card(assessment: Assessment) -> Any:
    settled = assessment.settled
    return card_says(settled.status, settled.grade.id if settled.grade else None, assessment.policy)


def _decided(moment: Moment, call: Call, one: _Assessed, advisory: dict[str, Any]) -> ledger.Decided:
    file: CreditFile = one.assessment.file
    decision_id = uuid4()
    content = entry_content(
        decision_id=decision_id,
        recorded_at=moment.known_at,
        household_id=file.household_id,
        village_code=file.village_code,
        client={"client_id": call.caller.client_id, "tenant": call.caller.tenant},
        request=call.request.as_data(),
        consent=_checked(one.consent),
        binding=one.binding,
        advisory=advisory,
        read=sources_data(dict(file.sources)),
        marks=one.reads.marks,
        rights=rights_of(one.assessment),
    )
    until = offered_until(one.assessment, moment.known_at)
    return ledger.Decided(decision_id, file.household_id, call.caller.tenant, until, content)


def _checked(consent: Consent) -> dict[str, Any]:
    """What was checked of a consent, as it is recorded."""
    said = consent_data(consent)
    return {name: said[name] for name in ("reference", "purpose", "granted_on", "until")}
