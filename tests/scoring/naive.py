"""The law read a second time, as plainly as it can be: no tables, no sets of bits, no columns.

The properties compare the engine with these few loops; neither knows the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import product

from scoring.credit_file import MISSING, NONE, OPEN, STALE
from scoring.policy.elements import Indicator, Test
from scoring.policy.schema import GRADE_NONE, Heading, Improve, Item, Policy, Veto
from scoring.vetoes import add_months

Codes = Mapping[str, int]
Cost = tuple[int, int, int]
VETOED = "vetoed"


def band_number(item: Item, code: int) -> int:
    """Number of the band that a known code falls into."""
    return max(number for number, band in enumerate(item.bands) if band.at_least <= code)


def points_of(item: Item, code: int) -> int:
    """Points of one item: its band's, or what the policy says for a missing or stale value."""
    if code > STALE:
        return item.bands[band_number(item, code)].points
    rule = item.if_missing if code == MISSING else item.if_stale
    return rule if isinstance(rule, int) else min(band.points for band in item.bands)


def capped(heading: Heading, points: list[int]) -> int:
    """A heading's total: additions and deductions each under its cap."""
    added = sum(p for p in points if p > 0)
    deducted = -sum(p for p in points if p < 0)
    return min(added, heading.most_added) - min(deducted, heading.most_deducted)


def score_of(policy: Policy, points: Mapping[str, int]) -> int:
    """The score from the points of each scored indicator."""
    headings = {indicator.id: indicator.heading for indicator in policy.indicators}
    return policy.base_points + sum(
        capped(heading, [p for name, p in points.items() if headings[name] == heading.id])
        for heading in policy.headings
    )


def score(policy: Policy, codes: Codes) -> int:
    """The score of a household."""
    return score_of(policy, {item.indicator: points_of(item, codes[item.indicator]) for item in policy.items})


def grade_at(policy: Policy, points: int) -> str:
    """The grade that a score gives; ``none`` below the lowest cut."""
    return ([GRADE_NONE] + [grade.id for grade in policy.grades if grade.at_least <= points])[-1]


def met(test: Test, code: int) -> bool:
    """Whether a known code meets a condition that is not about an episode."""
    return code in test.codes if test.codes else test.low <= code <= test.high


def fires(veto: Veto, code: int, on: date) -> bool:
    """Whether a known code makes a veto fire on a day."""
    if not veto.test.active:
        return met(veto.test, code)
    if code in (NONE, OPEN):
        return code == OPEN
    return on < add_months(date.fromordinal(code), veto.observation_months)


def outcome(policy: Policy, codes: Codes, on: date) -> str:
    """``vetoed``, a grade, or ``none``, for a household of which everything that is judged is known."""
    known = [(veto, codes[veto.test.indicator]) for veto in policy.vetoes]
    if any(code > STALE and fires(veto, code, on) for veto, code in known):
        return VETOED
    return grade_at(policy, score(policy, codes))


def answers(policy: Policy, indicator: Indicator, on: date) -> list[int]:
    """Codes that stand for every value that any rule could tell apart."""
    if indicator.kind == "episode":
        return [NONE, OPEN, on.toordinal() - 4000, on.toordinal() - 10]
    if indicator.kind in ("boolean", "category"):
        return list(range(indicator.low, indicator.high + 1))
    edges = {indicator.low}
    edges |= {band.at_least for item in policy.items if item.indicator == indicator.id for band in item.bands}
    tests = [veto.test for veto in policy.vetoes] + [test for test, _ in policy.terms.conditions]
    for test in tests:
        if test.indicator == indicator.id:
            edges |= {test.low, test.high + 1}
    return sorted(edge for edge in edges if indicator.low <= edge <= indicator.high)


def judged(policy: Policy) -> set[str]:
    """Indicators that can bear on the outcome: those scored and those of vetoes."""
    return {item.indicator for item in policy.items} | {veto.test.indicator for veto in policy.vetoes}


def open_outcomes(policy: Policy, codes: Codes, on: date) -> dict[tuple[int, ...], str]:
    """The outcome for every combination of answers to what is unknown."""
    unknown = unknown_of(policy, codes)
    choices = [answers(policy, indicator, on) for indicator in policy.indicators if indicator.id in unknown]
    return {
        combination: outcome(policy, {**codes, **dict(zip(unknown, combination, strict=True))}, on)
        for combination in product(*choices)
    }


def unknown_of(policy: Policy, codes: Codes) -> list[str]:
    """Indicators that bear on the outcome and have no usable value, in policy order."""
    bearing = judged(policy)
    return [indicator.id for indicator in policy.indicators if indicator.id in bearing and codes[indicator.id] <= STALE]


def telling(policy: Policy, codes: Codes, on: date) -> set[str]:
    """Unknown indicators whose answer changes the outcome for some answers to the others."""
    unknown, outcomes = unknown_of(policy, codes), open_outcomes(policy, codes, on)
    found = set()
    for place, name in enumerate(unknown):
        seen: dict[tuple[int, ...], set[str]] = {}
        for combination, result in outcomes.items():
            seen.setdefault(combination[:place] + combination[place + 1 :], set()).add(result)
        if any(len(results) > 1 for results in seen.values()):
            found.add(name)
    return found


def moves(item: Item, improve: Improve, code: int) -> Iterator[tuple[int, Cost]]:
    """Every better band open to a known code: the nearest code in it, and the cost of going there."""
    now = band_number(item, code)
    for number, band in enumerate(item.bands):
        allowed = not improve.to or band.says in improve.to
        if band.points > item.bands[now].points and allowed:
            nearest = band.at_least if number > now else item.bands[number + 1].at_least - 1
            yield nearest, (improve.effort * abs(number - now), 1, improve.wait_days)


def improvements(policy: Policy, codes: Codes) -> Iterator[tuple[Cost, dict[str, int]]]:
    """Every allowed set of improvements: (effort, number of things, longest wait), and the changed codes."""
    stay: Cost = (0, 0, 0)
    choices: list[list[tuple[str, int | None, Cost]]] = []
    for item in policy.items:
        options: list[tuple[str, int | None, Cost]] = [(item.indicator, None, stay)]
        if item.improve is not None and codes[item.indicator] > STALE:
            options += [(item.indicator, to, cost) for to, cost in moves(item, item.improve, codes[item.indicator])]
        choices.append(options)
    for chosen in product(*choices):
        costs = [cost for _, _, cost in chosen]
        total = sum(c[0] for c in costs), sum(c[1] for c in costs), max((c[2] for c in costs), default=0)
        yield total, {name: code for name, code, _ in chosen if code is not None}


def reachable_points(policy: Policy) -> list[tuple[int, ...]]:
    """Every combination of points with which the items can end, the unknown ones included."""
    choices = [
        sorted({band.points for band in item.bands} | {points_of(item, MISSING), points_of(item, STALE)})
        for item in policy.items
    ]
    return list(product(*choices))


def later(on: date, days: int) -> date:
    return on + timedelta(days=days)
