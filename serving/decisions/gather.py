"""Single calls gathered into groups: those that wait while a group is decided form the next one.

There is no timer: a call that finds nobody at work is decided at once. A call that waits too long is given back undone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock

from serving.decisions.group import MOST, Outcome
from serving.decisions.request import Call, KeyInUse
from serving.ledger.entries import Entry

AT_ONCE = 2
"""Groups that are decided at once: while one waits for the database, another computes."""
Decide = Callable[[Sequence[Call]], Sequence[Outcome]]


class Gatherer:
    """Decides calls that come from many threads, several at a time. decide: a group's outcomes, in the order of its calls."""

    def __init__(self, decide: Decide, *, at_once: int = AT_ONCE, most: int = MOST) -> None:
        self._decide, self._at_once, self._most = decide, at_once, most
        self._lock = Lock()
        self._waiting: list[tuple[Call, Future[Entry]]] = []
        self._keys: set[tuple[str, str]] = set()
        """Keys of calls that wait or are being decided."""
        self._held: set[tuple[str, str]] = set()
        """What calls that are being decided share with nobody else."""
        self._busy = 0
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="decisions")

    def put(self, call: Call) -> Future[Entry]:
        """The decision that will be; a future that is cancelled in time is never begun.

        Raises:
            KeyInUse: where a call with the same key is under way here.
        """
        future: Future[Entry] = Future()
        with self._lock:
            if call.key is not None:
                key = (call.caller.tenant, call.key)
                if key in self._keys:
                    raise KeyInUse
                self._keys.add(key)
            self._waiting.append((call, future))
            start = self._busy < self._at_once
            self._busy += start
        if start:
            self._threads.submit(self._work)
        return future

    def _work(self) -> None:
        """Decide group after group until nobody waits whom this thread could help."""
        while group := self._next():
            outcomes: Sequence[Outcome]
            try:
                outcomes = self._decide([call for call, _ in group])
            except BaseException as error:
                outcomes = [error if isinstance(error, Exception) else RuntimeError("deciding ended")] * len(group)
            self._over([call for call, _ in group])
            for (_, future), outcome in zip(group, outcomes, strict=True):
                if isinstance(outcome, Exception):
                    future.set_exception(outcome)
                else:
                    future.set_result(outcome)

    def _next(self) -> list[tuple[Call, Future[Entry]]]:
        """The calls that wait, without those that meet another one: they form a later group."""
        with self._lock:
            group: list[tuple[Call, Future[Entry]]] = []
            later: list[tuple[Call, Future[Entry]]] = []
            meets = set(self._held)
            for call, future in self._waiting:
                alone = call.alone
                if len(group) == self._most or not meets.isdisjoint(alone):
                    later.append((call, future))
                elif future.set_running_or_notify_cancel():
                    group.append((call, future))
                else:
                    self._forget(call)
                    continue
                meets |= alone
            self._waiting = later
            for call, _ in group:
                self._held |= call.alone
            self._busy -= not group
            return group

    def _over(self, calls: Sequence[Call]) -> None:
        with self._lock:
            for call in calls:
                self._held -= call.alone
                self._forget(call)

    def _forget(self, call: Call) -> None:
        if call.key is not None:
            self._keys.discard((call.caller.tenant, call.key))
