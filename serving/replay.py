"""Replay: assess a recorded decision again, from what it read, and compare byte by byte."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from feature_store.adapters import retention
from feature_store.adapters.read_file import NothingRead
from feature_store.adapters.store import Moment
from scoring.assess import assess
from scoring.canonical import canonical
from scoring.decision import area_data, area_of, binding_of, sources_data
from scoring.errors import LushiError
from scoring.policy.schema import Policy
from scoring.terms import Request
from serving.area_states import AreaStates
from serving.challenger.advise import Asked, card_says
from serving.challenger.again import opinion_differences
from serving.challenger.standing import Challengers
from serving.ledger import postgres as ledger
from serving.wiring import Parts

_GONE = "it cannot be repeated: data that it read was erased after its retention (filing {})"


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


def replay(decision_id: UUID, parts: Parts, areas: AreaStates | None = None) -> Replayed:
    """Assess a decision again from its policy hash, the filings it read and its area state.

    Also checks that the entry is what its hash says, that the filings known at its time are still the
    ones it read, and that the loan book known then still gives its area state. Wording that belongs
    to the answer and not to the policy (the note), and the certificate's hash, are taken from the entry.
    The model that advised is found by its hash and must say the same to 1e-12.

    Raises:
        UnknownDecision: where the ledger does not hold it.
    """
    with parts.store.looking(parts.clock.now()) as moment:
        entry = ledger.find(moment, decision_id)
        if entry is None:
            raise UnknownDecision("the ledger holds no decision with that id; check the id")
        if entry.content is None:
            what = "its content was erased after its time, so nothing is left to repeat"
            return Replayed(decision_id, entry.entry_no, (what,))
        if not entry.intact:
            what = "the content is not what its entry in the log commits to"
            return Replayed(decision_id, entry.entry_no, (what,))
        recorded = json.loads(entry.content)
        policy = parts.policies.by_sha256(recorded["binding"]["policy"]["sha256"])
        if policy is None:
            return Replayed(decision_id, entry.entry_no, ("its policy is not among the approved ones",))
        then = moment.known(datetime.fromisoformat(recorded["recorded_at"]))
        try:
            found = _compare(recorded, then, policy, areas or AreaStates(), parts.challengers)
        except NothingRead as error:
            seqs = [row[1] for row in recorded["read"].values() if row[1] is not None]
            erased = retention.an_erased_filing(moment.connection, seqs)
            found = [_GONE.format(erased) if erased is not None else str(error)]
        else:
            if found and retention.anything_erased(moment.connection):
                found.append("facts were erased after their retention since then, which may be why")
        return Replayed(decision_id, entry.entry_no, tuple(found))


def _compare(
    recorded: dict[str, Any], then: Moment, policy: Policy, areas: AreaStates, challengers: Challengers
) -> list[str]:
    """What differs between a recorded decision and the same decision made again, in words."""
    found: list[str] = []
    binding, household_id = recorded["binding"], recorded["household_id"]
    on = date.fromisoformat(binding["on"])
    read = {name: (row[1], row[2]) for name, row in recorded["read"].items()}
    file = then.credit_file_from(household_id, village_code=recorded["village_code"], read=read, policy=policy)
    if sources_data(dict(file.sources)) != recorded["read"]:
        found.append("the filings that it read now say other dates")
    known = then.credit_file(household_id, on=on, policy=policy)
    if known is None or (known.codes, sources_data(dict(known.sources))) != (file.codes, recorded["read"]):
        found.append("the filings known at its time are not the ones that it read")
    if area_data(areas.state(then, recorded["village_code"], on=on, policy=policy)) != binding["area_control"]:
        found.append("the loan book known at its time gives another area state")
    area, request = area_of(binding["area_control"]), _request(recorded["request"])
    again = assess(file, policy, on=on, area=area, request=request)
    answer = binding_of(again, binding["policy"]["certificate_sha256"]) | {"note": binding["note"]}
    if canonical(answer) != canonical(binding):
        found += _differences(binding, answer)
    found += opinion_differences(
        recorded["advisory"],
        then,
        challengers,
        asked=Asked(file, policy, on, again.area, request),
        card=card_says(binding["status"], binding["grade"], policy),
    )
    return found


def _request(data: dict[str, Any]) -> Request:
    return Request(data["purpose"], Decimal(data["amount_cny"]), data["term_months"])


def _differences(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Names of the parts of the binding answer that differ, without their (personal) values."""
    return [f"'{key}' differs" for key in sorted(before.keys() | after.keys()) if before.get(key) != after.get(key)]
