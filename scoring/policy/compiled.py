"""A policy as tables ready to run: one form behind the one-household and the county path.

Every item becomes a step function over its indicator's codes. *Missing* and *stale* are codes
below every value, so they are simply the two lowest steps: nothing can fall through.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from scoring.credit_file import MISSING, STALE
from scoring.policy.elements import Indicator, Test
from scoring.policy.schema import Action, Item, Policy, Veto


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the points table as it stands in a household's trace.

    action: None, or what the policy does because the value is unknown ('withhold', 'ask').
    best: the most points that the item could give.
    """

    indicator: str
    band: str
    points: int
    best: int
    action: Action | None


@dataclass(frozen=True, slots=True)
class CompiledItem:
    """An item as steps: ``lines[bisect_right(edges, code)]`` is its line for a code.

    position: row of the indicator in the code matrix; heading: index of its heading.
    domain: the points that its bands can give without a veto firing on the same indicator, each once.
    """

    item: Item
    indicator: Indicator
    position: int
    heading: int
    edges: tuple[int, ...]
    lines: tuple[Line, ...]
    domain: tuple[int, ...]

    @property
    def outcomes(self) -> tuple[int, ...]:
        """Every number of points that it can end with, the unknown ones included."""
        return tuple(sorted({line.points for line in self.lines}))


@dataclass(frozen=True, slots=True)
class CompiledVeto:
    """A veto with the row of its indicator in the code matrix.

    can_fire: whether some value fires it. can_clear: whether some value of its indicator fires no veto.
    """

    veto: Veto
    position: int
    can_fire: bool
    can_clear: bool


@dataclass(frozen=True, slots=True)
class FreshGroup:
    """Indicators of one source and refresh cycle: they grow stale together."""

    source: int
    fresh_days: int
    positions: tuple[int, ...]
    subjective: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Compiled:
    """Everything of a policy that running it needs, in the order in which it is used.

    ids: indicator ids in code order. caps: (most added, least) points per heading.
    kept: positions whose value stays usable however old it is.
    vetoing: position to the conditions of its vetoes, those on episodes apart.
    """

    policy: Policy
    ids: tuple[str, ...]
    positions: dict[str, int]
    items: tuple[CompiledItem, ...]
    vetoes: tuple[CompiledVeto, ...]
    fresh: tuple[FreshGroup, ...]
    caps: tuple[tuple[int, int], ...]
    cuts: tuple[int, ...]
    kept: frozenset[int]
    vetoing: Mapping[int, tuple[Test, ...]]


@lru_cache(maxsize=64)
def compiled(policy: Policy) -> Compiled:
    """The policy's tables; built once per policy hash."""
    positions = {indicator.id: number for number, indicator in enumerate(policy.indicators)}
    headings = {heading.id: number for number, heading in enumerate(policy.headings)}
    vetoing: dict[int, tuple[Test, ...]] = {}
    for test in (veto.test for veto in policy.vetoes if not veto.test.active):
        vetoing[positions[test.indicator]] = (*vetoing.get(positions[test.indicator], ()), test)
    items = []
    for item in policy.items:
        position = positions[item.indicator]
        indicator = policy.indicators[position]
        items.append(_item(item, indicator, position, headings[indicator.heading], vetoing.get(position, ())))
    sources = {source.id: number for number, source in enumerate(policy.sources)}
    groups: dict[tuple[int, int], list[int]] = {}
    for position, indicator in enumerate(policy.indicators):
        key = (sources[indicator.source], policy.completeness.fresh_days[indicator.refresh])
        groups.setdefault(key, []).append(position)
    return Compiled(
        policy=policy,
        ids=tuple(positions),
        positions=positions,
        items=tuple(items),
        vetoes=tuple(
            _veto(veto, policy.indicators[positions[veto.test.indicator]], positions[veto.test.indicator], vetoing)
            for veto in policy.vetoes
        ),
        fresh=tuple(
            FreshGroup(source, days, tuple(found), tuple(p for p in found if policy.indicators[p].subjective))
            for (source, days), found in groups.items()
        ),
        caps=tuple((heading.most_added, -heading.most_deducted) for heading in policy.headings),
        cuts=tuple(grade.at_least for grade in policy.grades),
        kept=_kept(policy),
        vetoing=vetoing,
    )


def clear_codes(tests: Sequence[Test], low: int, high: int) -> tuple[int, ...]:
    """Codes from ``low`` to ``high`` that meet none of the conditions, ascending.

    Every end of every run of such codes is among them, so the first is the least and the last the
    greatest; none where all codes meet some condition.
    """
    ends = {low, high}
    for test in tests:
        ends |= set(range(low, high + 1)) if test.codes else {test.low - 1, test.high + 1}
    return tuple(sorted(code for code in ends if low <= code <= high and not any(test.holds(code) for test in tests)))


def _kept(policy: Policy) -> frozenset[int]:
    strict = {veto.test.indicator for veto in policy.vetoes if veto.if_stale != "value"}
    strict |= {item.indicator for item in policy.items if item.if_stale != "value"}
    strict |= {name for _, name, _ in policy.completeness.gate}
    strict |= {test.indicator for test, _ in policy.terms.conditions}
    strict |= {product.only.indicator for product in policy.terms.products if product.only}
    return frozenset(number for number, indicator in enumerate(policy.indicators) if indicator.id not in strict)


def _veto(veto: Veto, indicator: Indicator, position: int, vetoing: Mapping[int, tuple[Test, ...]]) -> CompiledVeto:
    test, low, high = veto.test, indicator.low, indicator.high
    if test.active:
        return CompiledVeto(veto, position, True, True)
    can_fire = any(test.holds(code) for code in (*test.codes, max(low, test.low)) if low <= code <= high)
    return CompiledVeto(veto, position, can_fire, bool(clear_codes(vetoing[position], low, high)))


def _item(item: Item, indicator: Indicator, position: int, heading: int, vetoing: Sequence[Test]) -> CompiledItem:
    points = [band.points for band in item.bands]
    best, worst = max(points), min(points)

    def unknown(what: str, rule: int | Action) -> Line:
        if isinstance(rule, int):
            return Line(indicator.id, what, rule, best, None)
        return Line(indicator.id, what, worst, best, rule)

    lines = [unknown("missing", item.if_missing), unknown("stale", item.if_stale)]
    lines += [Line(indicator.id, band.says, band.points, best, None) for band in item.bands]
    edges = (MISSING + 1, *(band.at_least for band in item.bands))
    assert edges[0] == STALE
    tops = [*(band.at_least - 1 for band in item.bands[1:]), indicator.high]
    domain = {
        band.points for band, top in zip(item.bands, tops, strict=True) if clear_codes(vetoing, band.at_least, top)
    }
    return CompiledItem(item, indicator, position, heading, edges, tuple(lines), tuple(sorted(domain)))
