"""Which scores can be reached, and which answers can matter: exact, by sets of whole numbers.

A heading's state is the pair (sum of additions, sum of deductions) before its caps. Sets of states
and of totals are bits of one Python integer, so adding an item is a shift and an *or*. Nothing is
sampled: what is not in a set cannot happen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from scoring.policy.compiled import Compiled

Domains = Mapping[int, Sequence[int]]
"""Item number (in ``table.items``) to the points that it may give."""


class Reach:
    """The reachable totals of a points table whose items may take the points of ``domains``."""

    def __init__(self, table: Compiled, domains: Domains) -> None:
        self._table, self._domains = table, domains
        self._headings: list[list[int]] = [[] for _ in table.caps]
        for number, item in enumerate(table.items):
            self._headings[item.heading].append(number)
        self._width = [1 + sum(max(0, -min(domains[i])) for i in found) for found in self._headings]
        self._totals = [self._capped(heading, self._states(heading)) for heading in range(len(table.caps))]

    def scores(self) -> list[int]:
        """Every reachable score, ascending."""
        bits, offset = self._sum(range(len(self._totals)))
        return [self._table.policy.base_points + offset + number for number in _ones(bits)]

    def relevant(self) -> list[int]:
        """Numbers of the items whose answer can change the grade, for some answer to the others.

        Whatever the others' answers, an item not listed makes no difference, and none of the
        listed can be left out without leaving some case open: it is the least set to ask for.
        """
        return [number for number in range(len(self._table.items)) if self._matters(number)]

    def _matters(self, number: int) -> bool:
        domain = self._domains[number]
        if len(domain) < 2:
            return False
        heading = self._table.items[number].heading
        others, offset = self._sum(h for h in range(len(self._totals)) if h != heading)
        base = self._table.policy.base_points + offset
        rest = self._states(heading, without=number)
        width = self._width[heading]
        low, high = min(domain), max(domain)
        seen = set()
        for state in _ones(rest):
            added, deducted = divmod(state, width)
            totals = self._cap(heading, added, deducted, low), self._cap(heading, added, deducted, high)
            if totals in seen or totals[0] == totals[1]:
                continue
            seen.add(totals)
            for cut in self._table.cuts:
                # some sum of the other headings s with base + s + total[0] < cut <= base + s + total[1]
                first, last = cut - base - totals[1], cut - base - totals[0] - 1
                if last >= 0 and (others >> max(first, 0)) & ((1 << (last - max(first, 0) + 1)) - 1):
                    return True
        return False

    def _states(self, heading: int, without: int = -1) -> int:
        width, bits = self._width[heading], 1
        for number in self._headings[heading]:
            if number == without:
                continue
            after = 0
            for points in set(self._domains[number]):
                after |= bits << (points * width if points > 0 else -points)
            bits = after
        return bits

    def _cap(self, heading: int, added: int, deducted: int, points: int = 0) -> int:
        most, least = self._table.caps[heading]
        return min(added + max(points, 0), most) + max(-deducted + min(points, 0), least)

    def _capped(self, heading: int, states: int) -> set[int]:
        width = self._width[heading]
        return {self._cap(heading, *divmod(state, width)) for state in _ones(states)}

    def _sum(self, headings: Iterator[int] | range) -> tuple[int, int]:
        """Sums over headings as bits: bit n stands for the total ``offset + n``."""
        bits, offset = 1, 0
        for heading in headings:
            low = min(self._totals[heading])
            after = 0
            for total in self._totals[heading]:
                after |= bits << (total - low)
            bits, offset = after, offset + low
        return bits, offset


def _ones(bits: int) -> Iterator[int]:
    """Positions of the set bits, ascending."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
