"""Replay: assess a recorded decision again, from what it read, and compare byte by byte."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from scoring.assess import assess
from scoring.canonical import canonical, sha256
from scoring.decision import area_of, binding_of, sources_data
from scoring.errors import LushiError
from scoring.terms import Request
from serving.challenger.advise import Asked, card_says
from serving.challenger.again import opinion_differences
from serving.ledger import postgres as ledger
from serving.wiring import Parts


class UnknownDecision(LushiError):
    """The ledger holds no decision with that id."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """The verdict. differences: what differs, in words; empty where the replay is identical."""

    decision_id: UUID
    entry_no: int
    differences: tuple[str, ...]

    @property
    def identical(self) -> bool:
        return not self.differences


def replay(decision_id: UUID, parts: Parts) -> Replayed:
    """Assess a decision again from its policy hash, the filings it read and its area state.

    Also checks that the entry is what its hash says, that the filings known at its time are still
    the ones it read, and that the model that advised, found by its hash, says the same to 1e-12.

    Raises:
        UnknownDecision: where the ledger does not hold it.
    """
    with parts.store.moment(parts.clock.now) as moment:
        entry = ledger.find(moment, decision_id)
        if entry is None:
            raise UnknownDecision("the ledger holds no decision with that id; check the id")
        found: list[str] = []
        if sha256(entry.content) != entry.sha256:
            found.append("the entry's bytes do not have the hash recorded beside them")
        recorded = json.loads(entry.content)
        binding = recorded["binding"]
        policy = parts.policies.by_sha256(binding["policy"]["sha256"])
        if policy is None:
            return Replayed(decision_id, entry.entry_no, (*found, "its policy is not among the approved ones"))
        on = date.fromisoformat(binding["on"])
        read = {name: (row[1], row[2]) for name, row in recorded["read"].items()}
        file = moment.credit_file_from(
            recorded["household_id"], village_code=recorded["village_code"], read=read, policy=policy
        )
        if sources_data(dict(file.sources)) != recorded["read"]:
            found.append("the filings that it read now say other dates")
        known_at = datetime.fromisoformat(recorded["recorded_at"])
        as_known = moment.known(known_at).credit_file(recorded["household_id"], on=on, policy=policy)
        if as_known is None or (as_known.codes, sources_data(dict(as_known.sources))) != (file.codes, recorded["read"]):
            found.append("the filings known at its time are not the ones that it read")
        again = assess(
            file, policy, on=on, area=area_of(binding["area_control"]), request=_request(recorded["request"])
        )
        answer = binding_of(again, parts.certificates[policy.sha256].sha256)
        if canonical(answer) != canonical(binding):
            found += _differences(binding, answer)
        found += opinion_differences(
            recorded["advisory"],
            moment.known(known_at),
            parts.challengers,
            asked=Asked(file, policy, on, again.area, _request(recorded["request"])),
            card=card_says(binding["status"], binding["grade"], policy),
        )
        return Replayed(decision_id, entry.entry_no, tuple(found))


def _request(data: dict[str, Any]) -> Request:
    return Request(data["purpose"], Decimal(data["amount_cny"]), data["term_months"])


def _differences(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Names of the parts of the binding answer that differ, without their (personal) values."""
    return [f"'{key}' differs" for key in before.keys() | after.keys() if before.get(key) != after.get(key)]
