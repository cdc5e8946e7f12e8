"""Replay: assess a recorded decision again, from what it read, and compare byte by byte."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from feature_store.adapters import retention
from feature_store.adapters.read_file import NothingRead
from feature_store.adapters.store import Moment
from scoring.assess import assess
from scoring.canonical import canonical
from scoring.decision import area_data, area_of, binding_of, sources_data
from scoring.policy.schema import Policy
from scoring.terms import Request
from serving.challenger.advise import Asked, card_says
from serving.challenger.again import NotAtHand, opinion_differences
from serving.challenger.suspended import WAS_SUSPENDED, suspension_differences
from serving.county.area_states import AreaStates
from serving.ledger import postgres as ledger
from serving.ledger.entries import Entry
from serving.replay.words import CANNOT, Kind
from serving.wiring import Parts

_GONE = "it cannot be repeated: data that it read was erased after its retention (filing {})"


class Difference(NamedTuple):
    """One thing that differs or cannot be repeated, in words."""

    kind: Kind
    what: str


@dataclass(frozen=True, slots=True)
class Replayed:
    """The verdict. found: what differs or cannot be repeated; empty where the replay is identical.

    stated: what is not compared, and why, in words.
    """

    decision_id: UUID
    entry_no: int
    found: tuple[Difference, ...]
    stated: tuple[str, ...] = ()

    @property
    def differences(self) -> tuple[str, ...]:
        """What differs, and what cannot be repeated, in words."""
        return tuple(it.what for it in self.found)

    @property
    def identical(self) -> bool:
        """Whether everything was repeated and is the same."""
        return not self.found

    @property
    def cannot(self) -> bool:
        """Whether nothing differs, but not everything could be repeated."""
        return bool(self.found) and all(it.kind in CANNOT for it in self.found)


def replay(decision_id: UUID, parts: Parts, areas: AreaStates | None = None) -> Replayed:
    """Assess a decision again from its policy hash, the filings it read and its area state.

    Also checks that the entry is what its hash says, that the filings known at its time are still the
    ones it read, that the loan book known then still gives its area state, and that the policy's certificate is
    still the one that it names. The note is wording of the answer and not of the policy: it is taken from the entry,
    and ``stated`` says so where it is worded otherwise today. The model that advised is found by its hash and must
    say the same to 1e-12; a decision that says opinions were suspended must name the suspension that stood at its time, and
    none may hold an opinion while one stood.

    Raises:
        UnknownDecision: where the ledger does not hold it.
    """
    with parts.store.looking(parts.clock.now()) as moment:
        entry = ledger.seen_by(moment, decision_id, None)
        return repeat(entry, moment, parts, areas or AreaStates())


def repeat(entry: Entry, moment: Moment, parts: Parts, areas: AreaStates) -> Replayed:
    """The exact replay of an entry, inside a transaction that sees everything recorded when it was."""

    def only(kind: Kind, what: str) -> Replayed:
        return Replayed(entry.decision_id, entry.entry_no, (Difference(kind, what),))

    if entry.content is None:
        return only(Kind.CONTENT_ERASED, "its content was erased after its time, so nothing is left to repeat")
    if not entry.intact:
        return only(Kind.ALTERED, "the content is not what its entry in the log commits to")
    recorded = json.loads(entry.content)
    policy = parts.policies.by_sha256(recorded["binding"]["policy"]["sha256"])
    if policy is None:
        return only(Kind.POLICY_NOT_APPROVED, "its policy is not among the approved ones")
    compared = _Compared(recorded, then_of(recorded, moment), policy)
    try:
        compared.compare(areas, parts)
    except NothingRead as error:
        read = [row[1] for row in recorded["read"].values() if row[1] is not None]
        erased = retention.an_erased_filing(moment.connection, read)
        return only(Kind.FILINGS_ERASED, _GONE.format(erased) if erased is not None else str(error))
    if compared.found and retention.anything_erased(moment.connection):
        compared.found.append(
            Difference(Kind.RETENTION, "facts were erased after their retention since then, which may be why")
        )
    return Replayed(entry.decision_id, entry.entry_no, tuple(compared.found), tuple(compared.stated))


def then_of(recorded: dict[str, Any], moment: Moment) -> Moment:
    """The transaction looking from the time at which a decision was recorded."""
    return moment.known(datetime.fromisoformat(recorded["recorded_at"]))


def request_of(data: dict[str, Any]) -> Request:
    """The loan that a recorded decision was asked for."""
    return Request(data["purpose"], Decimal(data["amount_cny"]), data["term_months"])


class _Compared:
    """A recorded decision beside the same decision made again."""

    def __init__(self, recorded: dict[str, Any], then: Moment, policy: Policy) -> None:
        self._recorded, self._then, self._policy = recorded, then, policy
        self.found: list[Difference] = []
        self.stated: list[str] = []

    def compare(self, areas: AreaStates, parts: Parts) -> None:
        """Repeat it and note every difference.

        Raises:
            NothingRead: where the store does not hold what it read.
        """
        recorded, then, policy = self._recorded, self._then, self._policy
        binding, household_id = recorded["binding"], recorded["household_id"]
        on, village = date.fromisoformat(binding["on"]), recorded["village_code"]
        read = {name: (row[1], row[2]) for name, row in recorded["read"].items()}
        file = then.credit_file_from(household_id, village_code=village, read=read, policy=policy)
        if sources_data(dict(file.sources)) != recorded["read"]:
            self._note(Kind.DATA, "the filings that it read now say other dates")
        known = then.credit_file(household_id, on=on, policy=policy)
        if known is None or (known.codes, sources_data(dict(known.sources))) != (file.codes, recorded["read"]):
            self._note(Kind.DATA, "the filings known at its time are not the ones that it read")
        if area_data(areas.state(then, village, on=on, policy=policy)) != binding["area_control"]:
            self._note(Kind.AREA, "the loan book known at its time gives another area state")
        area, request = area_of(binding["area_control"]), request_of(recorded["request"])
        again = assess(file, policy, on=on, area=area, request=request)
        self._binding(binding_of(again, parts.certificates[policy.sha256].sha256))
        self.found += [Difference(Kind.SUSPENSION, what) for what in suspension_differences(recorded["advisory"], then)]
        if (recorded["advisory"] or {}).get("status") == "suspended":
            self.stated.append(WAS_SUSPENDED)
        try:
            said = opinion_differences(
                recorded["advisory"],
                then,
                parts.challengers,
                asked=Asked(file, policy, on, again.area, request),
                card=card_says(binding["status"], binding["grade"], policy),
            )
        except NotAtHand as error:
            self._note(Kind(error.kind), str(error))
        else:
            self.found += [Difference(Kind.OPINION, what) for what in said]

    def _binding(self, again: dict[str, Any]) -> None:
        """Compare the binding bytes; the certificate apart, the note not at all."""
        binding = self._recorded["binding"]
        if again["note"] != binding["note"]:
            self.stated.append("the note, which is not compared, is worded otherwise today")
        same = {"certificate_sha256": binding["policy"]["certificate_sha256"]}
        answer = again | {"note": binding["note"], "policy": again["policy"] | same}
        if canonical(answer) != canonical(binding):
            keys = sorted(answer.keys() | binding.keys())
            names = [key for key in keys if answer.get(key) != binding.get(key)]  # without their (personal) values
            self.found += [Difference(Kind.BINDING, f"'{name}' differs") for name in names]
        if again["policy"]["certificate_sha256"] != binding["policy"]["certificate_sha256"]:
            self._note(Kind.CERTIFICATE, "the certificate differs: the certifier changed")

    def _note(self, kind: Kind, what: str) -> None:
        self.found.append(Difference(kind, what))
