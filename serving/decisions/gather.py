"""Single calls, gathered into groups that are decided together."""

from __future__ import annotations

from concurrent.futures import Future
from threading import Lock

from serving.county.area_states import AreaStates
from serving.decisions.group import MOST, decide_together
from serving.decisions.request import Call, KeyInUse
from serving.gathering import Gatherer
from serving.ledger.entries import Entry
from serving.turns import AT_ONCE
from serving.wiring import Parts


class Gathered:
    """Decides calls that come one by one, as many at a time as wait for it."""

    def __init__(self, parts: Parts, areas: AreaStates) -> None:
        self._gatherer: Gatherer[Call, Entry] = Gatherer(
            lambda calls: decide_together(calls, parts, areas),
            at_once=AT_ONCE,
            most=MOST,
            apart=lambda call: call.alone,
        )
        self._lock = Lock()
        self._keys: set[tuple[str, str]] = set()

    def put(self, call: Call) -> Future[Entry]:
        """The decision that will be, or what :func:`serving.decisions.decide.decide` raises.

        Raises:
            KeyInUse: where a call with the same key is under way here.
        """
        if call.key is None:
            return self._gatherer.put(call)
        key = (call.caller.tenant, call.key)
        with self._lock:
            if key in self._keys:
                raise KeyInUse
            self._keys.add(key)
        future = self._gatherer.put(call)
        future.add_done_callback(lambda _: self._keys.discard(key))
        return future
