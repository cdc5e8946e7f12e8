"""What needs two people: proposed by one, done when another confirms it; each step an entry of the log.

A proposal names what it is about by its hash: whoever confirms lets stand what was proposed, or nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from feature_store.adapters import promotions, proposals
from feature_store.adapters.proposals import Kind, Outcome, Proposal
from feature_store.adapters.store import Moment
from scoring.canonical import canonical
from scoring.errors import LushiError, PolicyFaults
from scoring.policy.load import read_texts, sha256_of
from serving.access.two_people import MOST, two_people
from serving.alarms import suspend as suspending
from serving.approvals.approve import ApprovalRefused, approve_policy
from serving.approvals.promote import PromotionRefused, earlier, promote, rollback
from serving.ledger import log
from serving.wiring import Parts

OF_MODELS: tuple[Kind, ...] = ("promote", "rollback", "suspend", "resume")
OF_POLICIES: tuple[Kind, ...] = ("approve_policy",)
Cause = Literal["cause", "unknown", "nothing_before", "same_person", "ended", "changed", "refused"]
"""Why not: no cause given; nothing of that name; nothing stood before; the proposer's own; it has ended; what it
names is no longer what was proposed; the act itself refuses, and ``said`` holds its reasons."""


class UnknownProposal(LushiError):
    """There is no such proposal."""


class ProposalRefused(LushiError):
    """Nothing was proposed, or nothing done. said: the act's own reasons, in English."""

    def __init__(self, causes: Sequence[Cause], said: Sequence[str] = ()) -> None:
        self.causes, self.said = tuple(causes), tuple(said)
        super().__init__("refused: " + "; ".join([*causes, *said]))


def propose(parts: Parts, act: Kind, subject: str, *, by: str, why: str) -> Proposal:
    """Record a proposal. subject: the version to promote or the policy's folder; '' for the other acts.

    Raises:
        ProposalRefused: without a cause, or where what it is about does not exist.
        RegistryUnavailable, StoreUnavailable: where either is away.
    """
    causes: list[Cause] = []
    if not why.strip() or not why.isprintable() or len(why) > MOST:
        causes.append("cause")
    name, hashed = _meant(parts, act, subject)
    if not name and act in ("promote", "approve_policy"):
        causes.append("unknown")
    if not name and act == "rollback":
        causes.append("nothing_before")
    if causes:
        raise ProposalRefused(causes)
    with parts.store.recording(parts.clock.now) as moment:
        said = {"act": act, "subject": name, "sha256": hashed, "by": by, "why": why.strip()}
        number = _append(moment, "proposal", said)
        made = Proposal(number, act, name, hashed, by, why.strip(), moment.known_at)
        proposals.record(moment.connection, made)
    return made


def confirm(parts: Parts, number: int, *, by: str, kinds: Sequence[Kind]) -> Proposal:
    """Do what was proposed, as the second person; the act's own checks are made now. kinds: what this person may confirm.

    Raises:
        UnknownProposal: where there is none.
        ProposalRefused: by the person who proposed it, after it ended, where what it names has changed, or by the act.
        AtWork: while somebody else confirms one.
        RegistryUnavailable, StoreUnavailable: where either is away.
    """
    with parts.store.alone("confirming a proposal"):
        found = _open(parts, number, kinds)
        if two_people(found.by, by, found.why):
            raise ProposalRefused(["same_person"])
        meant = _meant(parts, found.act, found.subject)
        if meant != (found.subject, found.sha256):
            raise ProposalRefused(["changed"])
        try:
            _do(parts, found, second=by)
        except (PromotionRefused, suspending.SuspensionRefused, ApprovalRefused) as refused:
            raise ProposalRefused(["refused"], refused.reasons) from None
        return _end(parts, found, "confirmed", by)


def close(parts: Parts, number: int, *, by: str, kinds: Sequence[Kind]) -> Proposal:
    """Let a proposal end without its act: withdrawn by its own person, declined by another.

    Raises:
        UnknownProposal, AtWork, StoreUnavailable: as :func:`confirm`.
        ProposalRefused: after it ended.
    """
    with parts.store.alone("confirming a proposal"):
        found = _open(parts, number, kinds)
        return _end(parts, found, "withdrawn" if found.by == by else "declined", by)


def newest(parts: Parts, kinds: Sequence[Kind], *, most: int, open_only: bool = False) -> list[Proposal]:
    """The newest proposals of these kinds, newest first; those that wait, or all."""
    with parts.store.looking(parts.clock.now()) as moment:
        return proposals.newest(moment.connection, kinds, most=most, open_only=open_only)


def _open(parts: Parts, number: int, kinds: Sequence[Kind]) -> Proposal:
    """A proposal of these kinds that waits for a second person."""
    with parts.store.looking(parts.clock.now()) as moment:
        found = proposals.find(moment.connection, number)
    if found is None or found.act not in kinds:
        raise UnknownProposal("there is no such proposal; look at the list of those that wait")
    if not found.open:
        raise ProposalRefused(["ended"])
    return found


def _meant(parts: Parts, act: Kind, subject: str) -> tuple[str, str]:
    """What an act is about as it is now, with its hash; empty where there is no such thing."""
    if act == "promote":
        found = next((it for it in parts.challengers.registry.versions() if it.version == subject), None)
        return (found.version, found.model_sha256) if found else ("", "")
    if act == "rollback":
        with parts.store.looking(parts.clock.now()) as moment:
            target = earlier(promotions.history(moment.connection))
        return (target.version, target.sha256) if target else ("", "")
    if act == "approve_policy":
        folder = parts.settings.policies / subject
        if not subject or folder.resolve().parent != parts.settings.policies.resolve():
            return "", ""
        try:
            return subject, sha256_of(read_texts(folder))
        except PolicyFaults:
            return "", ""
    return "", ""


def _do(parts: Parts, found: Proposal, *, second: str) -> None:
    people: dict[str, str] = {"by": found.by, "second": second, "why": found.why}
    if found.act == "promote":
        promote(parts, found.subject, **people)
    elif found.act == "rollback":
        rollback(parts, **people)
    elif found.act == "suspend":
        suspending.suspend(parts, **people)
    elif found.act == "resume":
        suspending.resume(parts, **people)
    else:
        approve_policy(parts, parts.settings.policies / found.subject, **people)


def _end(parts: Parts, found: Proposal, outcome: Outcome, by: str) -> Proposal:
    with parts.store.recording(parts.clock.now) as moment:
        said = {"proposal": found.number, "act": found.act, "subject": found.subject, "outcome": outcome, "by": by}
        entry = _append(moment, "proposal_ended", said)
        now = moment.known_at
        proposals.end(moment.connection, entry_no=entry, number=found.number, outcome=outcome, by=by, recorded_at=now)
    return Proposal(
        found.number, found.act, found.subject, found.sha256, found.by, found.why, found.recorded_at, outcome, by, now
    )


def _append(moment: Moment, kind: str, said: dict[str, Any]) -> int:
    return log.append(moment.connection, kind=kind, recorded_at=moment.known_at, content=canonical(said)).index
