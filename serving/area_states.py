"""The controls that a village stands under, computed from the loan book as known.

A township's book changes only when loans or a release are recorded, so its timelines are kept per
version of the book; a decision then costs one look-up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from threading import Lock

from feature_store.adapters.store import Moment
from scoring.areas import AreaState, MonthEnd, area_state
from scoring.policy.schema import Policy

_Key = tuple[str, str, date, int]


class AreaStates:
    """Area states by policy, village, day and version of the loan book."""

    def __init__(self, most: int = 4096) -> None:
        self._most, self._known, self._lock = most, {}, Lock()  # type: int, dict[_Key, AreaState], Lock

    def state(self, moment: Moment, village_code: str, *, on: date, policy: Policy) -> AreaState:
        """The state of a village on a day, as known at the moment."""
        key = (policy.sha256, village_code, on, moment.book_version())
        with self._lock:
            if key in self._known:
                return self._known[key]
        history = moment.area_history(village_code, on=on, policy=policy)
        villages: Mapping[str, Sequence[MonthEnd]] = {
            code: [MonthEnd(*row) for row in rows] for code, rows in history.month_ends.items()
        }
        releases: dict[str, list[date]] = {}
        for release in history.releases:
            releases.setdefault(release.area_code, []).append(release.signed_on)
        state = area_state(village_code, villages, policy.areas, on=on, releases=releases)
        with self._lock:
            if len(self._known) >= self._most:
                self._known.clear()
            self._known[key] = state
        return state
