"""What needs a second person, as pages show it: what waits, who may confirm it, and why something was not taken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from feature_store.adapters.proposals import Kind, Proposal
from serving.access.callers import Caller
from serving.access.two_people import two_people
from serving.approvals import proposals
from serving.approvals.proposals import Cause, ProposalRefused
from serving.console.sections import N_
from serving.wiring import Parts

MOST = 20
"""Proposals shown of each list."""
ACTS: dict[Kind, str] = {
    "promote": N_("Let this version advise"),
    "rollback": N_("Go back to the version before"),
    "suspend": N_("Suspend the challenger's opinion"),
    "resume": N_("Resume the challenger's opinion"),
    "approve_policy": N_("Approve this policy"),
}
OUTCOMES = {"confirmed": N_("confirmed"), "declined": N_("declined"), "withdrawn": N_("withdrawn")}
CAUSES: dict[Cause, str] = {
    "cause": N_("Give the cause in one line of at most 500 characters: it will stand in the log."),
    "unknown": N_("What was to be proposed is not there. Choose one of the list."),
    "nothing_before": N_("No version stood before the one that stands now."),
    "same_person": N_("You proposed it yourself. Somebody else must confirm it."),
    "ended": N_("This proposal has ended already."),
    "changed": N_("What was proposed has been changed since. Decline it, and propose it anew."),
    "refused": N_("It was not carried out, for these reasons:"),
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """A proposal that waits. mine: the reader proposed it. may: the reader may confirm it."""

    proposal: Proposal
    title: str
    mine: bool
    may: bool


@dataclass(frozen=True, slots=True)
class Ended:
    """A proposal that has ended, and how."""

    proposal: Proposal
    title: str
    outcome: str


def waiting(parts: Parts, kinds: Sequence[Kind], caller: Caller, *, may: bool) -> list[Waiting]:
    """Proposals that wait for a second person. may: whether the reader's role confirms such."""
    found = proposals.newest(parts, kinds, most=MOST, open_only=True)
    return [
        Waiting(it, ACTS[it.act], it.by == caller.client_id, may and not two_people(it.by, caller.client_id, it.why))
        for it in found
    ]


def ended(parts: Parts, kinds: Sequence[Kind]) -> list[Ended]:
    """The newest proposals that have ended."""
    found = proposals.newest(parts, kinds, most=2 * MOST)
    return [Ended(it, ACTS[it.act], OUTCOMES[it.outcome]) for it in found if it.outcome is not None][:MOST]


End = Callable[..., object]
"""How a proposal ends: :func:`serving.approvals.proposals.confirm` or ``close``."""


def end(how: End, parts: Parts, number: int, caller: Caller, kinds: Sequence[Kind]) -> Fault | None:
    """End a proposal of some kinds; what is wrong where it cannot be ended so."""
    try:
        how(parts, number, by=caller.client_id, kinds=kinds)
    except ProposalRefused as refused:
        return fault_of(refused)
    return None


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a form was not taken. act: of the form. words: messages. said: the act's own reasons, in English. why: what was typed."""

    act: str
    words: tuple[str, ...]
    said: tuple[str, ...]
    why: str = ""


def fault_of(refused: ProposalRefused, *, act: str = "", why: str = "") -> Fault:
    """A refusal for a page."""
    return Fault(act, tuple(CAUSES[it] for it in refused.causes), refused.said, why)
