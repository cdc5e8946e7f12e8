"""Which indicators a batch's codes stand for; written once with the batch, so it may be remembered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress

import sqlalchemy as sa

from scoring.policy.schema import Policy

_ORDER = sa.text("SELECT batch_no, indicators FROM batches WHERE batch_no = ANY(:numbers) AND recorded_at IS NOT NULL")
_MOST_KEPT = 4096
Placed = tuple[str, int]
"""(source, number of the batch that orders its codes)"""


@dataclass(frozen=True, slots=True)
class Plan:
    """How a batch's codes become one policy's values.

    names: the batch's indicators that the policy takes from the source. taken: for each of the batch's codes whether it is one of
    them; empty where all are. clear: the same indicators with the codes that say 'none'.
    """

    names: tuple[str, ...]
    taken: tuple[bool, ...]
    clear: Mapping[str, int]

    def of(self, codes: Sequence[int]) -> Iterable[tuple[str, int]]:
        """Indicator and code."""
        if not self.taken:
            return zip(self.names, codes, strict=True)
        if len(codes) != len(self.taken):
            raise ValueError("a filing holds another number of codes than its batch has indicators")
        return zip(self.names, compress(codes, self.taken), strict=True)


class Layouts:
    """The order of codes by batch number, read once per process; and what follows from it for a policy."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[str, ...]] = {}
        self._plans: dict[str, dict[Placed, Plan]] = {}

    def of(self, connection: sa.Connection, batches: Iterable[int]) -> Mapping[int, tuple[str, ...]]:
        """Batch number to indicator ids, in the order of the batch's codes; for at least these batches."""
        wanted = set(batches)
        kept = self._kept
        unread = wanted - kept.keys()
        if unread:
            rows = connection.execute(_ORDER, {"numbers": list(unread)})
            found = {row.batch_no: tuple(row.indicators) for row in rows}
            if len(kept) > _MOST_KEPT:
                kept = {number: kept[number] for number in wanted - unread}
            # A new dictionary, never a changed one: threads that hold the old one go on reading it.
            kept = kept | found
            self._kept = kept
        return kept

    def plans(self, connection: sa.Connection, policy: Policy, placed: Iterable[Placed]) -> Mapping[Placed, Plan]:
        """How each source's codes in each batch become the policy's values; for at least these."""
        wanted = set(placed)
        kept = self._plans.get(policy.sha256, {})
        if unknown := wanted - kept.keys():
            order = self.of(connection, {batch for _, batch in unknown})
            if len(kept) > _MOST_KEPT:
                kept = {it: kept[it] for it in wanted - unknown}
            kept = kept | {(source, batch): _plan(policy, source, order[batch]) for source, batch in unknown}
            self._plans = self._plans | {policy.sha256: kept}
        return kept


def _plan(policy: Policy, source: str, names: Sequence[str]) -> Plan:
    of_source = {it.id: it.clear for it in policy.indicators if it.source == source}
    taken = tuple(name in of_source for name in names)
    used = tuple(compress(names, taken))
    return Plan(used, () if all(taken) else taken, {name: of_source[name] for name in used})
