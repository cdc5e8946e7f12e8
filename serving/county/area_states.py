"""The controls that a village stands under, computed from the loan book as known.

A township's book changes only when loans or a release are recorded, so its timelines are kept per
version of the book; a decision then costs one look-up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from threading import Lock

from feature_store.adapters.store import Moment
from feature_store.areas import AreaHistory
from scoring.areas import (
    TOWNSHIP_DIGITS,
    AreaState,
    MonthEnd,
    Stop,
    area_states,
    at,
    awaiting,
    township_stops,
    village_stops,
)
from scoring.policy.schema import Policy

_Key = tuple[str, str, date, datetime | None]


class AreaStates:
    """States of a township's villages, by policy, township, day and version of the loan book."""

    def __init__(self, most: int = 512) -> None:
        self._most, self._lock = most, Lock()
        self._known: dict[_Key, dict[str, AreaState]] = {}

    def state(self, moment: Moment, village_code: str, *, on: date, policy: Policy) -> AreaState:
        """The state of a village on a day, as known at the moment."""
        key = (policy.sha256, village_code[:TOWNSHIP_DIGITS], on, moment.book_version())
        with self._lock:
            states = self._known.get(key)
        if states is None:
            states = _township(moment, village_code, on=on, policy=policy)
            with self._lock:
                if len(self._known) >= self._most:
                    self._known.clear()
                self._known[key] = states
        return states[village_code]


def _township(moment: Moment, village_code: str, *, on: date, policy: Policy) -> dict[str, AreaState]:
    history = moment.area_history(village_code, on=on, policy=policy)
    villages: dict[str, Sequence[MonthEnd]] = {village_code: []}
    villages |= {code: [MonthEnd(*row) for row in rows] for code, rows in history.month_ends.items()}
    return area_states(villages, policy.areas, on=on, releases=history.signed_days())


Timelines = dict[str, list[tuple[date, Stop]]]
"""Area code to the stop after each of its month ends and releases, ascending."""


def timelines_of(history: AreaHistory, policy: Policy) -> Timelines:
    """The timeline of every village and township of a history."""
    signed = history.signed_days()
    villages = {
        code: village_stops([MonthEnd(*row) for row in rows], policy.areas, signed.get(code, ()))
        for code, rows in history.month_ends.items()
    }
    within: dict[str, dict[str, list[tuple[date, Stop]]]] = {}
    for code, states in villages.items():
        within.setdefault(code[:TOWNSHIP_DIGITS], {})[code] = states
    townships = {code: township_stops(its, policy.areas, signed.get(code, ())) for code, its in sorted(within.items())}
    return {**villages, **townships}


def stops_of(history: AreaHistory, policy: Policy, on: date) -> dict[str, Stop]:
    """Every village and township of a history with the stop that it stands under on a day."""
    return stops_on(timelines_of(history, policy), policy, on)


def stops_on(timelines: Timelines, policy: Policy, on: date) -> dict[str, Stop]:
    """The stop of each timeline on a day, and whether two people could release it then."""
    found = {code: at(states, on) for code, states in timelines.items()}
    return {code: replace(stop, awaiting_sign_off=awaiting(stop, policy.areas, on)) for code, stop in found.items()}
