"""Whether the service may answer: what a binding answer stands on, each looked at by itself, and the opinion beside it."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from feature_store.adapters import log_tables, promotions, suspensions
from feature_store.adapters.connect import StoreUnavailable
from feature_store.adapters.promotions import Promotion
from feature_store.adapters.recording import ClockBehind
from feature_store.adapters.suspensions import Suspension
from feature_store.filing import civil_day
from scoring.errors import LushiError, PolicyFaults, PolicyNotInForce
from scoring.policy.load import read_texts, sha256_of
from scoring.policy.schema import Policy
from serving.challenger.intact import Watch
from serving.challenger.suspended import standing_words
from serving.ledger import proofs
from serving.ledger.checkpoint import size_of
from serving.operations.policy_ending import ending
from serving.wiring import Parts

KEEP_SECONDS = 5.0
"""How long what was found by reading files or the tree is not looked at again."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. detail: what was found, for whoever calls; mend: what the operator may do, '' where it is ok."""

    name: str
    ok: bool
    detail: str
    mend: str = ""

    def as_data(self) -> dict[str, Any]:
        """As it is answered."""
        return {"name": self.name, "ok": self.ok, "detail": self.detail}


class NotReady(LushiError):
    """Something that binding answers stand on is missing; ``failed`` has every such check."""

    def __init__(self, failed: tuple[Check, ...]) -> None:
        self.failed = failed
        super().__init__("; ".join(f"{one.name}: {one.detail}" for one in failed))


@dataclass(frozen=True, slots=True)
class Ready:
    """The service answers. checks: what binding answers stand on. opinion: may fail, since it only advises."""

    policy: Policy
    checks: tuple[Check, ...]
    opinion: Check


class Readiness:
    """Looks, and keeps what is costly to find for some seconds."""

    def __init__(self, parts: Parts, *, keep_seconds: float = KEEP_SECONDS) -> None:
        self._parts = parts
        self._watch: Watch | None = None
        self._folder: _Kept[Check] = _Kept(keep_seconds)
        self._log: _Kept[Check] = _Kept(keep_seconds)
        self._model: _Kept[Check] = _Kept(keep_seconds)

    def look(self) -> Ready:
        """What was found.

        Raises:
            NotReady: where something that binding answers stand on is missing.
        """
        try:
            with self._parts.store.moment(self._parts.clock.now) as moment:
                promotion = promotions.standing(moment.connection)
                suspension = suspensions.standing(moment.connection)
                note = log_tables.newest_checkpoint(moment.connection)
                size = log_tables.size(moment.connection)
                log = self._log.get(note, lambda: self._log_check(moment.connection, note, size))
                database = Check("database", True, "it answers")
                today = civil_day(moment.known_at)
        except StoreUnavailable as away:
            raise NotReady((Check("database", False, str(away), "Start it, or wait until it is back"),)) from away
        except ClockBehind as behind:
            what = "the service's clock stands behind what is recorded already"
            raise NotReady((Check("clock", False, what, "Set the clock right"),)) from behind
        policy, policy_check = self._policy(today)
        checks = (database, policy_check, log)
        if policy is None or not all(one.ok for one in checks):
            raise NotReady(tuple(one for one in checks if not one.ok))
        if suspension is not None:
            return Ready(policy, checks, _suspended(suspension))
        return Ready(policy, checks, self._model.get(promotion, lambda: self._opinion(promotion)))

    def _policy(self, today: date) -> tuple[Policy | None, Check]:
        """The policy in force, read from disk again: its hash must still be the approved one."""
        policies = self._parts.policies
        try:
            policy = policies.in_force(today)
        except PolicyNotInForce as none:
            return None, Check("policy", False, str(none), "Approve a policy for today")
        found = self._folder.get((policy.sha256, today), lambda: self._on_disk(policy, today))
        return policy, found

    def _on_disk(self, policy: Policy, today: date) -> Check:
        approved = next(one for one in self._parts.policies.approvals if one.sha256 == policy.sha256)
        try:
            same = sha256_of(read_texts(self._parts.settings.policies / approved.folder)) == approved.sha256
        except (PolicyFaults, OSError):
            same = False
        if not same:
            what = f"the files of {policy.id} are no longer the approved ones"
            return Check("policy", False, what, "Restore the approved files: lushi policy check")
        return Check("policy", True, ending(self._parts.policies, today) or f"{policy.id} is in force, as approved")

    def _log_check(self, connection: log_tables.Connection, note: str | None, size: int) -> Check:
        """The newest checkpoint made anew from the tree: the log still is the one that was signed."""
        if note is None:
            return Check("log", True, f"{size} entries, no checkpoint signed yet")
        covered = size_of(note)
        mend = "Stop, keep a copy and run: lushi ledger verify"
        if covered > size:
            return Check("log", False, f"it has {size} entries where {covered} were signed", mend)
        if not proofs.holds(connection, self._parts.signer, note):
            return Check("log", False, f"the checkpoint over {covered} entries is not what this log and key sign", mend)
        return Check("log", True, f"{size} entries, the checkpoint over {covered} holds")

    def _opinion(self, promotion: Promotion | None) -> Check:
        if promotion is None:
            return Check("opinion", True, "no challenger is promoted")
        if self._watch is None:
            self._watch = Watch(self._parts.challengers)
        fault = self._watch.fault(promotion)
        if fault is None:
            return Check("opinion", True, f"version {promotion.version} is the promoted one")
        return Check("opinion", False, f"version {promotion.version} cannot be asked: {fault}", "Run: lushi models")


def _suspended(suspension: Suspension) -> Check:
    return Check("opinion", False, f"opinions are {standing_words(suspension)}", "Run: lushi model resume")


class _Kept(Generic[T]):
    """The last thing found for a key, kept for some seconds."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._last: tuple[float, Hashable, T] | None = None

    def get(self, key: Hashable, find: Callable[[], T]) -> T:
        last = self._last
        if last is not None and last[1] == key and time.monotonic() - last[0] < self._seconds:
            return last[2]
        found = find()
        self._last = time.monotonic(), key, found
        return found
