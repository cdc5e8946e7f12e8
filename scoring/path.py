"""The path: the exact cheapest set of allowed improvements to the next grade.

Cost is compared in this order: effort (policy value per band), number of things to do, longest wait
in days. The search is exact: per heading over the pair (additions up to the cap, deductions), then
over the headings by points gained. Vetoes come first; items whose policy says ``improve: never`` and
items that are unknown are never used. Every path is scored again before it leaves this file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from scoring.credit_file import NONE, STALE
from scoring.errors import LushiError
from scoring.grade import Settled, settle
from scoring.points import Points, tally
from scoring.policy.compiled import Compiled, CompiledItem, CompiledVeto, clear_codes
from scoring.policy.schema import GradeBand, Veto
from scoring.vetoes import Judged, add_months, judge


@dataclass(frozen=True, slots=True)
class VetoStep:
    """A veto to be lifted first: its remedy (in the policy) and the days until it no longer fires."""

    veto: Veto
    wait_days: int


@dataclass(frozen=True, slots=True)
class Step:
    """One improvement: move the indicator from one code to another, gaining points after a wait."""

    item: CompiledItem
    from_code: int
    to_code: int
    points: int
    effort: int
    wait_days: int


@dataclass(frozen=True, slots=True)
class Path:
    """What leads to the next grade.

    reachable: False where no allowed set of improvements does, or where answers (``ask``, indicator
    ids) are needed before anything can be said.
    """

    target: GradeBand
    reachable: bool
    vetoes: tuple[VetoStep, ...]
    steps: tuple[Step, ...]
    ask: tuple[str, ...] = ()

    @property
    def effort(self) -> int:
        """Sum of the steps' efforts (policy units)."""
        return sum(step.effort for step in self.steps)

    @property
    def wait_days(self) -> int:
        """Days until the last of the steps counts; they run side by side."""
        return max([*(one.wait_days for one in self.vetoes), *(one.wait_days for one in self.steps)], default=0)


_Cost = tuple[int, int, int]
_Best = tuple[_Cost, tuple[Step, ...]]


def find_path(
    table: Compiled, codes: Sequence[int], points: Points, *, vetoes: Sequence[Judged], settled: Settled, on: date
) -> Path | None:
    """The cheapest path to the next grade; None at the top, and where the file is withheld."""
    if settled.status == "withheld":
        return None
    fired = [(one, compiled) for one, compiled in zip(vetoes, table.vetoes, strict=True) if one.state == "fired"]
    target = settled.without_vetoes if fired and settled.without_vetoes else _above(table, settled.without_vetoes)
    if target is None:
        return None
    lifted = tuple(_lift(one, on) for one, _ in fired)
    later = on + timedelta(days=max((step.wait_days for step in lifted), default=0))
    free = _without(table, codes, [compiled for _, compiled in fired], on)
    if free is None:
        return Path(target, False, lifted, ())
    if (freed := _outcome(table, free, later)).status == "withheld":
        return Path(target, False, lifted, (), freed.ask)
    then = tally(table, free) if fired else points
    steps = _cheapest(table, free, then, target.at_least - then.score)
    if steps is None:
        return Path(target, False, lifted, ())
    path = Path(target, True, lifted, steps)
    for step in steps:
        free[step.item.position] = step.to_code
    reached = _outcome(table, free, on + timedelta(days=path.wait_days))
    if reached.status == "withheld":
        return Path(target, False, lifted, (), reached.ask)
    if reached.grade is None or reached.grade.at_least < target.at_least:
        raise LushiError(f"the path to {target.id} did not reach it when scored again; nothing is shown")
    return path


def _outcome(table: Compiled, codes: Sequence[int], on: date) -> Settled:
    return settle(table, codes, tally(table, codes), judge(table, codes, on))


def _without(table: Compiled, codes: Sequence[int], fired: list[CompiledVeto], on: date) -> list[int] | None:
    """The codes as they will stand once the causes of the fired vetoes have ended, today at latest.

    A cause that is no episode ends at 'none', else at the lowest value that no veto looks at; None
    where its indicator has no such value.
    """
    changed = list(codes)
    for compiled in fired:
        position, indicator = compiled.position, table.policy.indicators[compiled.position]
        if compiled.veto.test.active:
            changed[position] = min(changed[position], on.toordinal())
        elif not compiled.can_clear:
            return None
        else:
            free = clear_codes(table.vetoing[position], indicator.low, indicator.high)
            none = clear_codes(table.vetoing[position], NONE, NONE) if indicator.low <= NONE <= indicator.high else ()
            changed[position] = (*none, *free)[0]
    return changed


def _above(table: Compiled, grade: GradeBand | None) -> GradeBand | None:
    number = table.policy.grades.index(grade) + 1 if grade else 0
    return table.policy.grades[number] if number < len(table.policy.grades) else None


def _lift(one: Judged, on: date) -> VetoStep:
    if one.until is not None:
        return VetoStep(one.veto, (one.until - on).days + 1)
    months = one.veto.observation_months if one.veto.test.active else 0
    return VetoStep(one.veto, (add_months(on, months) - on).days)


def _options(table: Compiled, item: CompiledItem, code: int) -> list[Step]:
    """Every better band that the household may move to, as steps that run into no veto and fail no gate."""
    improve = item.item.improve
    if improve is None or code <= STALE:
        return []
    bands, high = item.item.bands, item.indicator.high
    vetoing = table.vetoing.get(item.position, ())
    gates = [test for test, name, _ in table.policy.completeness.gate if test and name == item.indicator.id]
    now = max(number for number, band in enumerate(bands) if band.at_least <= code)
    steps = []
    for number, band in enumerate(bands):
        if band.points <= bands[now].points or (improve.to and band.says not in improve.to):
            continue
        top = bands[number + 1].at_least - 1 if number + 1 < len(bands) else high
        allowed = [to for to in clear_codes(vetoing, band.at_least, top) if all(gate.holds(to) for gate in gates)]
        if not allowed:
            continue
        to_code, gain = allowed[0 if number > now else -1], band.points - bands[now].points
        steps.append(Step(item, code, to_code, gain, improve.effort * abs(number - now), improve.wait_days))
    return steps


def _cheapest(table: Compiled, codes: Sequence[int], points: Points, needed: int) -> tuple[Step, ...] | None:
    best: dict[int, _Best] = {0: ((0, 0, 0), ())}
    if needed <= 0:
        return ()
    for heading in range(len(table.caps)):
        gains = _heading(table, heading, codes, points, needed)
        after: dict[int, _Best] = {}
        for have, (cost, steps) in best.items():
            for gain, (more, chosen) in gains.items():
                _keep(after, min(have + gain, needed), _add(cost, more), steps + chosen)
        best = after
    return best[needed][1] if needed in best else None


def _heading(table: Compiled, heading: int, codes: Sequence[int], points: Points, needed: int) -> dict[int, _Best]:
    """Cheapest improvements of one heading by the points that its capped total gains."""
    most, least = table.caps[heading]
    choices = [
        (line.points, options)
        for item, line in zip(table.items, points.lines, strict=True)
        if item.heading == heading and (options := _options(table, item, codes[item.position]))
    ]
    start = (min(points.added[heading], most), points.deducted[heading])
    states: dict[tuple[int, int], _Best] = {start: ((0, 0, 0), ())}
    for now, options in choices:
        after = dict(states)
        for (up, down), (cost, steps) in states.items():
            for step in options:
                then = now + step.points
                state = (min(up + max(then, 0) - max(now, 0), most), down + min(then, 0) - min(now, 0))
                _keep(after, state, _add(cost, (step.effort, 1, step.wait_days)), (*steps, step))
        states = after
    gains: dict[int, _Best] = {}
    for (up, down), (cost, steps) in states.items():
        _keep(gains, min(up + max(down, least) - points.by_heading[heading], needed), cost, steps)
    return gains


def _add(one: _Cost, other: _Cost) -> _Cost:
    return one[0] + other[0], one[1] + other[1], max(one[2], other[2])


_Key = TypeVar("_Key")


def _keep(found: dict[_Key, _Best], key: _Key, cost: _Cost, steps: tuple[Step, ...]) -> None:
    if key not in found or cost < found[key][0]:
        found[key] = (cost, steps)
