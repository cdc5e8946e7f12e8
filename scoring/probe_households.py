"""Generated households that stand at and beside every limit of a policy, the same ones each time.

Nobody real: each row is made from the policy alone. A row fixes the values under test and lets the
other headings bring its score to a grade's cut or one point below it, because only there can a point
move anybody.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from scoring.credit_file import MISSING, NONE, OPEN, STALE
from scoring.policy.compiled import Compiled, CompiledItem, compiled
from scoring.policy.schema import Policy, Test
from scoring.vetoes import first_free

Fixed = Mapping[int, int]
"""Indicator position to code."""
_RANDOM_ROWS = 16_000
_EARLIEST = date(1980, 1, 1)


@dataclass(frozen=True, slots=True, eq=False)
class Households:
    """Generated credit files as columns, all assessed on one day.

    codes: (n_indicators, n_rows) in the policy's order. observed, valid_until: day numbers,
    (n_sources, n_rows); 0 in ``valid_until``: no expiry.
    """

    on: date
    codes: npt.NDArray[np.int32]
    observed: npt.NDArray[np.int32]
    valid_until: npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class _Row:
    codes: Fixed
    ages: Mapping[int, int]
    expired: frozenset[int] = frozenset()


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
        self.tests = _tests(self.table)
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

    @property
    def _required(self) -> dict[int, list[Test]]:
        tests = [test for test, _, _ in self.policy.completeness.gate if test is not None]
        tests += [test for test, _ in self.policy.terms.conditions]
        found: dict[int, list[Test]] = {}
        for test in tests:
            found.setdefault(self.table.positions[test.indicator], []).append(test)
        return found


def households(make: Builder, *, seed: int) -> Households:
    """Every generated household of a policy: the targeted rows, then random ones by the seed."""
    rows = [*_at_items(make), *_at_caps(make), *_at_tests(make), *_at_ages(make), *_at_completeness(make)]
    today, n_sources = make.on.toordinal(), len(make.policy.sources)
    n_rows = len(rows) + _RANDOM_ROWS
    codes = np.repeat(np.asarray(make.neutral, dtype=np.int32)[:, None], n_rows, axis=1)
    observed = np.full((n_sources, n_rows), today, dtype=np.int32)
    valid_until = np.zeros((n_sources, n_rows), dtype=np.int32)
    for number, row in enumerate(rows):
        codes[list(row.codes), number] = list(row.codes.values())
        for source, age in row.ages.items():
            observed[source, number] = today - age
        valid_until[list(row.expired), number] = today - 1
    generator = np.random.default_rng(seed)
    for position, edges in enumerate(make.edges):
        by_points = np.asarray(sorted(make.allowed(position), key=lambda code: make.points(position, code)))
        # the cube root leans to the better bands, so that random scores lie among the grades, not below them
        usual = by_points[(by_points.size * np.cbrt(generator.random(_RANDOM_ROWS))).astype(np.int64)]
        rare, other = generator.choice([*edges, MISSING], _RANDOM_ROWS), generator.random(_RANDOM_ROWS)
        random = np.where(other < 0.005, rare, np.where(other < 0.6, usual, make.neutral[position]))
        codes[position, len(rows) :] = random
    return Households(make.on, codes, observed, valid_until)


def _tests(table: Compiled) -> dict[int, list[Test]]:
    policy = table.policy
    tests = [one.veto.test for one in table.vetoes] + [test for test, _, _ in policy.completeness.gate if test]
    tests += [test for test, _ in policy.terms.conditions] + [one.only for one in policy.terms.products if one.only]
    found: dict[int, list[Test]] = {}
    for test in tests:
        if not test.active:
            found.setdefault(table.positions[test.indicator], []).append(test)
    return found


def _at_targets(make: Builder, fixed: Fixed, ages: Mapping[int, int], marked: Fixed) -> Iterator[_Row]:
    """One row per target score; ``marked``: the codes as the engine will see them (STALE included)."""
    for target in make.targets:
        tuned = make.tuned({**fixed, **marked}, target)
        if tuned is not None:
            stored = {position: code for position, code in tuned.items() if code != STALE}
            yield _Row({**stored, **fixed}, ages)


def _at_items(make: Builder) -> Iterator[_Row]:
    for position in make.items:
        for code in (*make.edges[position], MISSING):
            yield from _at_targets(make, {position: code}, {}, {})


def _at_caps(make: Builder) -> Iterator[_Row]:
    for heading, (most, least) in enumerate(make.table.caps):
        for sign, cap in ((1, most), (-1, least)):
            sums = make.sums(heading, sign)
            beside = {cap + step for step in (-1, 0, 1)} | {max(sums, key=abs)}
            for total in sorted(beside & sums.keys()):
                yield from _at_targets(make, sums[total], {}, {})


def _at_tests(make: Builder) -> Iterator[_Row]:
    """Values of vetoes, gates and conditions, each with an otherwise clean, graded household."""
    tested = {one.position for one in make.table.vetoes} | set(make.tests)
    tested |= {make.table.positions[name] for _, name, _ in make.policy.completeness.gate}
    for position in sorted(tested):
        for code in (*make.edges[position], MISSING):
            yield from _at_targets(make, {position: code}, {}, {})


def _at_ages(make: Builder) -> Iterator[_Row]:
    """Each source at the edge of each of its cycles; strict values known, or only one of them."""
    for group in make.table.fresh:
        strict = [position for position in group.positions if position not in make.table.kept]
        for age in (group.fresh_days - 1, group.fresh_days, group.fresh_days + 1):
            old = age > group.fresh_days
            scored = [position for position in strict if position in make.items]
            marks = dict.fromkeys(strict, STALE) if old else {}
            yield from _at_targets(make, {}, {group.source: age}, marks)
            for position in scored:
                alone = {other: MISSING for other in strict if other != position}
                marked = {position: STALE} if old else {}
                yield from _at_targets(make, {**alone, position: make.neutral[position]}, {group.source: age}, marked)
        if group.subjective:
            yield _Row({}, {}, frozenset({group.source}))


def _at_completeness(make: Builder) -> Iterator[_Row]:
    """As many unknown items as the gate allows, one more and one fewer, at the percents beside it too."""
    n_items, percent = len(make.table.items), make.policy.completeness.known_percent
    # an item whose rule withholds or asks would hide the gate
    plain = [item.position for item in make.table.items if item.lines[0].action is None]
    for beside in (percent - 1, percent, percent + 1):
        most_unknown = n_items - -(-beside * n_items // 100)
        for unknown in (most_unknown - 1, most_unknown, most_unknown + 1):
            if 0 <= unknown <= len(plain):
                # the last ones first: they lie in few headings, so that the others can still be tuned
                yield from _at_targets(make, dict.fromkeys(plain[len(plain) - unknown :], MISSING), {}, {})
