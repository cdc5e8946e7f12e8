"""Generated households that stand at and beside every limit of a policy, the same ones each time.

Nobody real: each row is made from the policy alone. A row fixes the values under test and lets the
other headings bring its score to a grade's cut or one point below it, because only there can a point
move anybody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from scoring.credit_file import MISSING, STALE
from scoring.probe.builder import Builder, Fixed

_RANDOM_ROWS = 16_000


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
