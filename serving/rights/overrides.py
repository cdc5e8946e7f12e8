"""Overrides: two people of a bank change what a decision leads to, with cause and expiry, beside what was recorded.

Nobody lends over a veto or in a stopped area: a wrong datum is corrected through an objection (docs/adr/0010).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from feature_store.adapters import consents, overrides
from feature_store.adapters.overrides import Override
from feature_store.adapters.store import Moment
from feature_store.filing import civil_day
from scoring.canonical import canonical
from scoring.decision import money
from scoring.errors import LushiError
from serving.access.callers import Caller
from serving.consents.shown import override_answer
from serving.county.area_states import AreaStates
from serving.decisions.decide import state_at
from serving.ledger import log
from serving.ledger import postgres as ledger
from serving.refused import Refused, Wrong
from serving.wiring import Parts

MOST_DAYS = 90
"""Longest that an override counts [assumed]: a quarter, after which the household is graded anew."""


class OverrideOutcome(StrEnum):
    """What a person decides instead."""

    LEND = "lend"
    DECLINE = "decline"


class UnknownOverride(LushiError):
    """No override with that id, or none that the caller may see."""

    def __init__(self) -> None:
        super().__init__("no override with that id is recorded; check the id")


class SecondPerson(LushiError):
    """The person who proposed an override cannot confirm it."""

    def __init__(self) -> None:
        super().__init__("an override is confirmed by another person than the one who proposed it")


class OverrideRefused(LushiError):
    """The override cannot stand; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """An override as a person proposes it. limit_cny: yuan, only where it lends; None leaves the decision's limit."""

    outcome: OverrideOutcome
    limit_cny: Decimal | None
    why: str
    expires_on: date


def propose_override(
    decision_id: UUID, proposed: Proposed, parts: Parts, areas: AreaStates, *, caller: Caller
) -> Override:
    """Record what one person proposes; it counts once another person of the bank confirms it.

    Raises:
        UnknownDecision: where it is not there, or another bank's.
        Refused: for an expiry or a limit that cannot be.
        OverrideRefused: where it would lend over a veto, in a stopped area, or without consent.
        StoreUnavailable: where the database is away.
    """
    with parts.store.moment(parts.clock.now) as moment:
        decision = _decision(moment, decision_id, caller)
        faults = _wrong(proposed, civil_day(moment.known_at), _most_limit(decision, parts))
        if faults:
            raise Refused(faults)
        if proposed.outcome is OverrideOutcome.LEND:
            _check_lending(moment, decision, parts, areas, caller)
        override = Override(
            override_id=uuid4(),
            decision_id=decision_id,
            tenant=caller.tenant,
            outcome=proposed.outcome.value,
            limit_cny=proposed.limit_cny,
            why=proposed.why,
            by=caller.client_id,
            expires_on=proposed.expires_on,
            recorded_at=moment.known_at,
        )
        overrides.add(moment.connection, override)
        _log(moment, "override_proposed", override, decision)
        return override


def confirm_override(override_id: UUID, parts: Parts, areas: AreaStates, *, caller: Caller) -> Override:
    """Let a proposed override count, as another person of the same bank.

    Raises:
        UnknownOverride: where it is not there, or another bank's.
        SecondPerson: where the same person proposed it.
        OverrideRefused: where it was confirmed before, has expired, or by now would lend over a veto or a stop.
        StoreUnavailable: where the database is away.
    """
    with parts.store.moment(parts.clock.now) as moment:
        override = overrides.find(moment.connection, override_id)
        if override is None or not caller.sees(override.tenant):
            raise UnknownOverride
        if override.by.strip().casefold() == caller.client_id.strip().casefold():
            raise SecondPerson
        if override.confirmed_at is not None:
            raise OverrideRefused("this override has been confirmed already")
        if civil_day(moment.known_at) > override.expires_on:
            raise OverrideRefused("this override has expired; propose it anew")
        decision = _decision(moment, override.decision_id, caller)
        if override.outcome == OverrideOutcome.LEND:
            _check_lending(moment, decision, parts, areas, caller)
        second, now = caller.client_id, moment.known_at
        if not overrides.confirm(moment.connection, override_id, second=second, now=now):
            raise OverrideRefused("this override has been confirmed already")
        confirmed = replace(override, second=second, confirmed_at=now)
        _log(moment, "override", confirmed, decision)
        return confirmed


def _decision(moment: Moment, decision_id: UUID, caller: Caller) -> dict[str, Any]:
    """What was recorded of a decision that the caller may see."""
    entry = ledger.seen_by(moment, decision_id, caller)
    if entry.content is None:
        raise OverrideRefused("the decision's content was erased after its time; ask for a new decision")
    found: dict[str, Any] = json.loads(entry.content)
    return found


def _most_limit(decision: dict[str, Any], parts: Parts) -> Decimal | None:
    """The best grade's limit under the decision's policy, yuan: nobody lends more without security [assumed]."""
    policy = parts.policies.by_sha256(decision["binding"]["policy"]["sha256"])
    return policy.grades[-1].limit_cny if policy is not None else None


def _wrong(proposed: Proposed, today: date, most_cny: Decimal | None) -> list[Wrong]:
    found = []
    if not today + timedelta(days=1) <= proposed.expires_on <= today + timedelta(days=MOST_DAYS):
        mend = f"Choose a day from tomorrow to {MOST_DAYS} days from today"
        found.append(Wrong("body.expires_on", "is not a day on which an override can end", mend))
    if proposed.outcome is OverrideOutcome.DECLINE and proposed.limit_cny is not None:
        found.append(Wrong("body.limit_cny", "belongs to lending only", "Leave it out"))
    if proposed.limit_cny is not None and most_cny is not None and proposed.limit_cny > most_cny:
        found.append(Wrong("body.limit_cny", "is above the best grade's limit", f"Write at most {money(most_cny)}"))
    return found


def _check_lending(moment: Moment, decision: dict[str, Any], parts: Parts, areas: AreaStates, caller: Caller) -> None:
    """Refuse to lend over a veto or a stop, as recorded and as known now, or without the household's consent."""
    now = state_at(moment, decision["household_id"], parts, areas, caller=None).assessment
    if "vetoed" in (decision["binding"]["status"], now.settled.status):
        raise OverrideRefused(
            "a veto stands, and nobody lends over a veto; where the datum behind it is wrong, "
            "object to it with POST /v1/objections, and ask for a new decision once it is corrected"
        )
    recorded = decision["binding"]["area_control"]
    then = recorded is not None and (recorded["village"]["stopped"] or recorded["township"]["stopped"])
    if then or (now.area is not None and (now.area.village.stopped or now.area.township.stopped)):
        raise OverrideRefused(
            "the village or township is stopped, and nobody lends there; wait until two people have released it, "
            "then ask for a new decision"
        )
    household = moment.household(decision["household_id"], on=now.on)
    if household is None or not consents.any_live(
        moment.connection, household.household_no, tenant=caller.tenant, on=now.on
    ):
        raise OverrideRefused("the household's consent was withdrawn or has expired; ask the household for a new one")


def _log(moment: Moment, kind: str, override: Override, decision: dict[str, Any]) -> None:
    said = override_answer(override, civil_day(moment.known_at)) | {"household_id": decision["household_id"]}
    log.append(moment.connection, kind=kind, recorded_at=moment.known_at, content=canonical(said))
