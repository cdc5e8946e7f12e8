"""Generated households whose cheapest path to the next grade uses a given item.

For each item that a household can better: everything cheaper already stands at its best, the dearer
items are worsened until the score lies just below a grade, and the path is computed to be sure.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Hashable, Iterator

from scoring.assess import assess, path_of
from scoring.credit_file import MISSING, CreditFile, Reported
from scoring.policy.compiled import CompiledItem
from scoring.policy.schema import Policy
from scoring.probe.builder import Builder

_TRIES = 12


def path_households(make: Builder, *, seed: int) -> list[tuple[dict[int, int], frozenset[str]]]:
    """Codes by position, and the indicators that the household's path uses; one row or more per item."""
    generator = random.Random(seed)
    found: list[tuple[dict[int, int], frozenset[str]]] = []
    used: set[str] = set()
    # the dear items come first: their paths often use cheaper ones as well
    for item in sorted(_improvable(make), key=_cost, reverse=True):
        if item.indicator.id not in used and (row := _row_using(make, item, generator)) is not None:
            found.append(row)
            used |= row[1]
    return found


def path_outcome(file: CreditFile, policy: Policy, make: Builder) -> Hashable:
    """The path as a household sees it: target, what comes first, every step with its effort and wait."""
    path = path_of(assess(file, policy, on=make.on))
    if path is None:
        return None
    vetoes = tuple((one.veto.id, one.wait_days) for one in path.vetoes)
    steps = tuple((s.item.indicator.id, s.to_code, s.points, s.effort, s.wait_days) for s in path.steps)
    return path.target.id, path.reachable, vetoes, steps, path.effort, path.wait_days, path.ask


def file_of(codes: dict[int, int], make: Builder) -> CreditFile:
    """A fully known credit file: the given codes, every other indicator neutral, all filed on the day."""
    known = {one.id: codes.get(n, make.neutral[n]) for n, one in enumerate(make.policy.indicators)}
    return CreditFile("", "", known, {source.id: Reported(make.on) for source in make.policy.sources})


def _improvable(make: Builder) -> list[CompiledItem]:
    return [item for item in make.table.items if item.item.improve is not None]


def _cost(item: CompiledItem) -> tuple[int, int]:
    improve = item.item.improve
    return (improve.effort, improve.wait_days) if improve else (10**6, 0)


def _best(make: Builder, position: int) -> int:
    return max(make.allowed(position), key=lambda code: make.points(position, code))


def _starts(make: Builder, item: CompiledItem) -> list[tuple[int, int]]:
    """(code, most points to be gained) for each band from which the item can be bettered."""
    improve = item.item.improve
    found = []
    for code in make.allowed(item.position):
        now = make.points(item.position, code)
        open_to = [b.points - now for b in item.item.bands if improve and (not improve.to or b.says in improve.to)]
        if max(open_to, default=0) > 0:
            found.append((code, max(open_to)))
    return found


def _row_using(
    make: Builder, item: CompiledItem, generator: random.Random
) -> tuple[dict[int, int], frozenset[str]] | None:
    dearer = [
        other.position
        for other in make.table.items
        if other is not item and (other.item.improve is None or _cost(other) > _cost(item))
    ]
    # where the heading's other items fill its cap, this one counts only while they are unknown
    unknown = {
        other.position: MISSING
        for other in make.table.items
        if other is not item and other.heading == item.heading and other.lines[0].action is None
    }
    starts = [({item.position: code}, gain) for code, gain in _starts(make, item)]
    starts += [({**unknown, **start}, gain) for start, gain in starts]
    for _ in range(_TRIES):
        for start, gain in starts:
            for codes in _just_below(make, start, gain, dearer, generator):
                path = path_of(assess(file_of(codes, make), make.policy, on=make.on))
                steps = frozenset(step.item.indicator.id for step in path.steps) if path else frozenset()
                if item.indicator.id in steps:
                    return codes, steps
    return None


def _just_below(
    make: Builder, start: dict[int, int], gain: int, dearer: list[int], generator: random.Random
) -> Iterator[dict[int, int]]:
    """Households at most ``gain`` points below a cut, everything but the start and the dearer items at its best."""
    best = {other.position: _best(make, other.position) for other in make.table.items} | start
    for cut in reversed(make.table.cuts):
        codes, score = dict(best), _score(make, best)
        for position in generator.sample(dearer, len(dearer)):
            if score < cut:
                break
            if position in start:
                continue
            code = generator.choice(make.allowed(position))
            worse = {**codes, position: code}
            if cut - gain <= (after := _score(make, worse)) < score:
                codes, score = worse, after
        if cut - gain <= score < cut:
            yield codes


def _score(make: Builder, codes: dict[int, int]) -> int:
    added, deducted = [0] * len(make.table.caps), [0] * len(make.table.caps)
    for item in make.table.items:
        points = item.lines[bisect_right(item.edges, codes[item.position])].points
        if points > 0:
            added[item.heading] += points
        else:
            deducted[item.heading] += points
    capped = zip(added, deducted, make.table.caps, strict=True)
    return make.policy.base_points + sum(min(up, most) + max(down, least) for up, down, (most, least) in capped)
