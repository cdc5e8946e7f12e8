"""The policies' pages as they are shown, with what is wrong with a form that was sent."""

from __future__ import annotations

from dataclasses import dataclass, replace

from fastapi import Response
from starlette.exceptions import HTTPException

from feature_store.filing import civil_day
from serving.access.roles import Act
from serving.approvals import trials
from serving.approvals.proposals import OF_POLICIES
from serving.console import proposing
from serving.console.policies.shelf import Shelf
from serving.console.proposing import Fault
from serving.console.visit import Visit
from serving.wiring import Parts

MOST_TRIALS = 20


@dataclass(frozen=True, slots=True)
class TrialFault:
    """Why a draft was not tried. words: messages. said: the trial's own reasons, in English. on: what was typed."""

    words: tuple[str, ...]
    said: tuple[str, ...] = ()
    on: str = ""


def shelf_of(parts: Parts) -> Shelf:
    """The policies as they lie on disk now."""
    return Shelf(parts.settings.policies, parts.policies, civil_day(parts.clock.now()))


def show_policies(parts: Parts, visit: Visit, fault: Fault | None = None) -> Response:
    """Every version and draft, and what waits for a second person."""
    shelf, may = shelf_of(parts), visit.caller.may(Act.CONFIRM_POLICY)
    acts = may or visit.caller.may(Act.PROPOSE_POLICY)
    return visit.show(
        "policies/list.html",
        approved=shelf.approved(),
        drafts=shelf.drafts(),
        waiting=proposing.waiting(parts, OF_POLICIES, visit.caller, may=may),
        ended=proposing.ended(parts, OF_POLICIES),
        trials=trials.newest(parts, most=MOST_TRIALS),
        acts=acts,
        fault=fault,
        status=200 if fault is None else 409,
    )


def show_policy(
    parts: Parts, visit: Visit, folder: str, *, fault: Fault | None = None, trial_fault: TrialFault | None = None
) -> Response:
    """One version: what it is, what changes, its certificate, who approved it, its trials."""
    found = shelf_of(parts).open(folder)
    if found is None:
        raise HTTPException(404)
    today = civil_day(parts.clock.now())
    may = visit.caller.may(Act.PROPOSE_POLICY) and found.version.approval is None and found.version.policy is not None
    return visit.show(
        "policies/version.html",
        found=found,
        trials=trials.newest(parts, most=MOST_TRIALS, folder=folder),
        may=may,
        today=today,
        fault=None if fault is None else replace(fault, act="approve_policy"),
        trial_fault=trial_fault,
        status=200 if fault is None and trial_fault is None else 422,
    )
