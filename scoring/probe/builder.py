"""The parts from which probe households are made: codes at every limit, and scores brought to a target.

Only at a grade's cut, or one point below it, can a point move anybody. So whatever is fixed for a test,
the other headings bring the score there; the sums that they can reach are kept exactly.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from datetime import date

from scoring.credit_file import NONE, OPEN
from scoring.policy.compiled import Compiled, CompiledItem, compiled
from scoring.policy.elements import Test
from scoring.policy.schema import Policy
from scoring.vetoes import first_free

Fixed = Mapping[int, int]
"""Indicator position to code."""
_EARLIEST = date(1980, 1, 1)


class Builder:
    """What rows are made of, for one policy.

    edges: per indicator, the codes at and beside every limit that a rule sets on it.
    neutral: per indicator, a code that breaks no rule and gives the points nearest to none.
    tests: per indicator, the non-episode conditions that any rule sets on it.
    targets: every grade's cut, and one point below each.
    """

    def __init__(self, policy: Policy) -> None:
        self.policy, self.table = policy, compiled(policy)
        self.on = max(policy.effective_from, _EARLIEST)
        self.items: dict[int, CompiledItem] = {item.position: item for item in self.table.items}
        self.tests, self._required = _tests(self.table), _required(self.table)
        self.edges = [self._edges(position) for position in range(len(policy.indicators))]
        self.neutral = [self._neutral(position) for position in range(len(policy.indicators))]
        self.targets = tuple(sorted({cut - beside for cut in self.table.cuts for beside in (0, 1)}))
        self._gains = [self._totals(heading) for heading in range(len(self.table.caps))]
        self._sums: dict[frozenset[int], list[dict[int, int]]] = {}

    def points(self, position: int, code: int) -> int:
        """The points of an indicator's code; 0 where it is not scored."""
        item = self.items.get(position)
        return item.lines[bisect_right(item.edges, code)].points if item else 0

    def tuned(self, fixed: Fixed, target: int) -> dict[int, int] | None:
        """The codes with headings that ``fixed`` does not touch moved so that the score is the target.

        None where no values of those headings reach it.
        """
        touched = frozenset(self.items[position].heading for position in fixed if position in self.items)
        needed = target - self.policy.base_points - sum(self.heading(heading, fixed) for heading in touched)
        sums = self._reachable(touched)
        if needed not in sums[-1]:
            return None
        codes = dict(fixed)
        free = [heading for heading in range(len(self.table.caps)) if heading not in touched]
        for heading, reached in zip(reversed(free), reversed(sums[1:]), strict=True):
            gain = reached[needed]
            codes.update(self._gains[heading][gain])
            needed -= gain
        return codes

    def heading(self, heading: int, fixed: Fixed) -> int:
        """A heading's capped points with some of its codes fixed and the others neutral."""
        found = [
            self.points(item.position, fixed.get(item.position, self.neutral[item.position]))
            for item in self.table.items
            if item.heading == heading
        ]
        most, least = self.table.caps[heading]
        return min(sum(p for p in found if p > 0), most) + max(sum(p for p in found if p < 0), least)

    def sums(self, heading: int, sign: int) -> dict[int, dict[int, int]]:
        """Uncapped additions (sign 1) or deductions (-1) of a heading, each with codes that give it."""
        reached: dict[int, dict[int, int]] = {0: {}}
        for item in (item for item in self.table.items if item.heading == heading):
            after = dict(reached)
            for code in self.allowed(item.position):
                if sign * (points := self.points(item.position, code)) > 0:
                    for total, codes in reached.items():
                        after.setdefault(total + points, {**codes, item.position: code})
            reached = after
        return reached

    def _reachable(self, touched: frozenset[int]) -> list[dict[int, int]]:
        """After each free heading in turn: total to the gain of that heading which led to it."""
        if touched not in self._sums:
            steps: list[dict[int, int]] = [{0: 0}]
            for heading in range(len(self.table.caps)):
                if heading not in touched:
                    after: dict[int, int] = {}
                    for total in steps[-1]:
                        for gain in self._gains[heading]:
                            after.setdefault(total + gain, gain)
                    steps.append(after)
            self._sums[touched] = steps
        return self._sums[touched]

    def _totals(self, heading: int) -> dict[int, dict[int, int]]:
        """A heading's capped points, each with codes that give it: only additions or only deductions."""
        base, most, least = self.heading(heading, {}), *self.table.caps[heading]
        found: dict[int, dict[int, int]] = {base: {}}
        for sign, limit in ((1, most), (-1, least)):
            for total, codes in self.sums(heading, sign).items():
                if abs(total) <= abs(limit):
                    found.setdefault(self.heading(heading, codes), codes)
        return found

    def _edges(self, position: int) -> tuple[int, ...]:
        indicator = self.policy.indicators[position]
        if indicator.kind == "episode":
            months = {v.veto.observation_months for v in self.table.vetoes if v.position == position}
            days = {first_free(self.on, max(m + beside, 0)) for m in months for beside in (-1, 0, 1)}
            beside = {day + step for day in days for step in (-1, 0, 1) if day + step < self.on.toordinal()}
            return (NONE, OPEN, *sorted(beside))
        if indicator.kind in ("boolean", "category"):
            return tuple(range(indicator.low, indicator.high + 1))
        limits = {indicator.low, indicator.high + 1}
        if position in self.items:
            limits |= {band.at_least for band in self.items[position].item.bands}
        for test in self.tests.get(position, ()):
            limits |= {test.low, test.high + 1}
        codes = {limit + beside for limit in limits for beside in (-1, 0, 1)}
        return tuple(sorted(code for code in codes if indicator.low <= code <= indicator.high))

    def allowed(self, position: int) -> list[int]:
        """The indicator's codes at limits that break no rule; all of them where each breaks one."""
        good = [code for code in self.edges[position] if self._breaks(position, code) == 0]
        return good or list(self.edges[position])

    def _neutral(self, position: int) -> int:
        return min(
            self.edges[position], key=lambda code: (self._breaks(position, code), abs(self.points(position, code)))
        )

    def _breaks(self, position: int, code: int) -> int:
        """How many vetoes fire, and gates and conditions fail, for a known code."""
        vetoes = [one.veto.test for one in self.table.vetoes if one.position == position]
        fired = sum(code != NONE if test.active else test.holds(code) for test in vetoes)
        return fired + sum(not test.holds(code) for test in self._required.get(position, ()))


def _tests(table: Compiled) -> dict[int, list[Test]]:
    policy = table.policy
    tests = [one.veto.test for one in table.vetoes] + [test for test, _, _ in policy.completeness.gate if test]
    tests += [test for test, _ in policy.terms.conditions] + [one.only for one in policy.terms.products if one.only]
    found: dict[int, list[Test]] = {}
    for test in tests:
        if not test.active:
            found.setdefault(table.positions[test.indicator], []).append(test)
    return found


def _required(table: Compiled) -> dict[int, list[Test]]:
    """What a household must meet to be graded and lent to, per indicator."""
    tests = [test for test, _, _ in table.policy.completeness.gate if test is not None]
    tests += [test for test, _ in table.policy.terms.conditions]
    found: dict[int, list[Test]] = {}
    for test in tests:
        found.setdefault(table.positions[test.indicator], []).append(test)
    return found
