"""What a trial looks at: the whole county (or a flat file) read once, and arranged for any policy that is tried on it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from scoring.credit_file import MISSING
from scoring.policy.schema import Policy


class Stops(Protocol):
    """Which villages and townships a policy's area rules stop on the day."""

    def stopped(self, policy: Policy) -> frozenset[str]: ...


class NoStops:
    """A file without villages: nothing is stopped."""

    def stopped(self, policy: Policy) -> frozenset[str]:
        """None."""
        return frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """Households in columns, as read under one policy.

    household_ids, villages: str (n_rows,). household_no: int32 (n_rows,). codes: int32 (n_indicators, n_rows).
    observed, valid_until: day numbers, int32 (n_sources, n_rows). All in ``policy``'s order.
    """

    on: date
    policy: Policy
    household_ids: NDArray[Any]
    household_no: NDArray[np.int32]
    villages: NDArray[Any]
    codes: NDArray[np.int32]
    observed: NDArray[np.int32]
    valid_until: NDArray[np.int32]
    stops: Stops

    @property
    def rows(self) -> int:
        """How many households."""
        return len(self.household_ids)

    def only(self, rows: NDArray[Any]) -> Seen:
        """The same for some rows (a mask or positions)."""
        return replace(
            self,
            household_ids=self.household_ids[rows],
            household_no=self.household_no[rows],
            villages=self.villages[rows],
            codes=np.ascontiguousarray(self.codes[:, rows]),
            observed=self.observed[:, rows],
            valid_until=self.valid_until[:, rows],
        )

    def arranged(self, policy: Policy) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
        """Codes, observed and valid_until in another policy's order; what was never asked for is missing."""
        codes = _ordered(
            [it.id for it in self.policy.indicators], [it.id for it in policy.indicators], self.codes, MISSING
        )
        was, now = [it.id for it in self.policy.sources], [it.id for it in policy.sources]
        return codes, _ordered(was, now, self.observed, 0), _ordered(was, now, self.valid_until, 0)

    def column(self, indicator: str) -> NDArray[np.int32] | None:
        """The codes of one indicator; None where the policy in force has no such indicator."""
        ids = [it.id for it in self.policy.indicators]
        return self.codes[ids.index(indicator)] if indicator in ids else None


def _ordered(was: list[str], now: list[str], rows: NDArray[np.int32], empty: int) -> NDArray[np.int32]:
    if was == now:
        return rows
    made = np.full((len(now), rows.shape[1]), empty, np.int32)
    for place, name in enumerate(now):
        if name in was:
            made[place] = rows[was.index(name)]
    return made
