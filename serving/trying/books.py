"""The loan books that area rules are held against, read once for each way of counting a bad loan."""

from __future__ import annotations

from datetime import date

from feature_store.adapters.store import Moment
from feature_store.areas import AreaHistory
from scoring.areas import bad_from_days
from scoring.policy.lending import AreaRules
from scoring.policy.schema import Policy
from serving.county.area_states import stops_of


class CountyStops:
    """Which areas of the county each policy stops on a day, as known at a moment that must stay open."""

    def __init__(self, moment: Moment, on: date) -> None:
        self._moment, self._on = moment, on
        self._histories: dict[int, AreaHistory] = {}
        self._stopped: dict[AreaRules, frozenset[str]] = {}

    def stopped(self, policy: Policy) -> frozenset[str]:
        """Codes of the villages and townships that are stopped."""
        if policy.areas not in self._stopped:
            days = bad_from_days(policy.areas)
            if days not in self._histories:
                self._histories[days] = self._moment.area_history("", on=self._on, policy=policy)
            stops = stops_of(self._histories[days], policy, self._on)
            self._stopped[policy.areas] = frozenset(code for code, stop in stops.items() if stop.stopped)
        return self._stopped[policy.areas]
