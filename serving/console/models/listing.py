"""The versions and the opinion's state, as the list shows them."""

from __future__ import annotations

from dataclasses import dataclass

from feature_store.adapters.suspensions import Suspension
from serving.access.callers import Caller
from serving.access.roles import Act
from serving.alarms.suspend import standing
from serving.approvals.promote import Listed, list_models
from serving.approvals.proposals import OF_MODELS
from serving.challenger.versions import PROMOTE, RegistryUnavailable
from serving.console import proposing
from serving.console.proposing import Ended, Waiting
from serving.wiring import Parts

MOST = 100
"""Versions shown, the newest first: a version a quarter is twenty-five years."""


@dataclass(frozen=True, slots=True)
class Models:
    """What the list of versions shows. away: the registry cannot be read, so there is no list. may: the reader moves the challenger."""

    versions: tuple[Listed, ...]
    away: bool
    stands: Listed | None
    suspension: Suspension | None
    astray: bool
    may: bool
    waiting: list[Waiting]
    ended: list[Ended]


def models(parts: Parts, caller: Caller) -> Models:
    """The versions, newest first, and what waits for a second person."""
    may = caller.may(Act.MOVE_CHALLENGER)
    try:
        found, away = list_models(parts), False
    except RegistryUnavailable:
        found, away = [], True
    return Models(
        versions=tuple(reversed(found))[:MOST],
        away=away,
        stands=next((it for it in found if it.stands), None),
        suspension=standing(parts),
        astray=any(it.stands != it.alias for it in found),
        may=may,
        waiting=proposing.waiting(parts, OF_MODELS, caller, may=may),
        ended=proposing.ended(parts, OF_MODELS),
    )


def one(parts: Parts, version: str) -> Listed | None:
    """A version by its number; None where there is none.

    Raises:
        RegistryUnavailable: where the registry cannot be read.
    """
    return next((it for it in list_models(parts) if it.version.version == version), None)


def may_be_promoted(listed: Listed) -> bool:
    """Whether it passed its gate and does not stand already, record and registry alike; the use case checks its files when it is confirmed."""
    return listed.version.verdict == PROMOTE and not (listed.stands and listed.alias)
