"""How many generated households come out otherwise when a policy changes, and which numbers matter.

A number that can be changed by its smallest unit without moving anybody either does nothing or is not
tested; both are worth knowing before a policy is signed. Pure and the same every time (by seed).
"""

from __future__ import annotations

import gc
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache

from scoring.errors import PolicyFaults
from scoring.policy.compiled import Compiled, compiled
from scoring.policy.load import policy_of
from scoring.policy.numbers import Number, numbers, with_number
from scoring.policy.schema import Policy
from scoring.probe.builder import Builder
from scoring.probe.outcomes import BookProbe, ColumnProbe, LifeProbe, PathProbe, RequestProbe, WrittenProbe

SEED = 20170401
_IMPROVE = re.compile(r"item (\S+), improve, ")
_CAP = re.compile(r"caps of (\S+), (most_added|most_deducted)$")
_FRESH = re.compile(r"fresh_days, (\S+)$")
_UNMOVED = "no generated household was moved"


@dataclass(frozen=True, slots=True)
class Effect:
    """What changing one number by one unit in its last place does.

    moved: generated households of the first kind of probe that shows a difference; 0 where none does.
    note: the change that moved them, or 'refused: FAULT' where the loader refuses both directions, or
    'no effect: WHY'.
    """

    number: Number
    moved: int
    note: str

    @property
    def refused(self) -> bool:
        """Whether the loader refuses the number both one unit up and one unit down."""
        return self.note.startswith("refused: ")

    @property
    def without_effect(self) -> bool:
        """Whether an allowed change of the number moves nobody."""
        return self.moved == 0 and not self.refused


def moved(before: Policy, after: Policy, *, seed: int = SEED) -> int:
    """How many of the households generated for ``before`` have another binding outcome under ``after``.

    A binding outcome is a status, grade, limit, offer, rate, subsidy or block, an area stop or few-loans
    flag, a credit village or township, a loan's class, whether a written value is accepted, or a path.
    """
    return sum(probe(after) for probe in _probes(before, seed).every())


def sensitivity(texts: Mapping[str, str], progress: Callable[[int, int], None] | None = None) -> list[Effect]:
    """For each number of a policy, what one unit in its last place does (see :class:`Effect`).

    One unit up is tried first; one unit down where that is refused or moves nobody.
    progress: told after each number how many are done, and how many there are.

    Raises:
        PolicyFaults: where the policy itself is not whole.
    """
    probes = _probes(policy_of(texts), SEED)
    found = numbers(texts)
    effects = []
    with _no_cycle_collection():
        for done, number in enumerate(found, 1):
            effects.append(_effect(probes, texts, number))
            if progress is not None:
                progress(done, len(found))
    return effects


def beside(text: str, units: int) -> str:
    """A written number moved by so many units in its last place, with as many decimals as before."""
    number = Decimal(text)
    exponent = number.as_tuple().exponent
    return format(number + Decimal(units).scaleb(exponent if isinstance(exponent, int) else 0), "f")


@contextmanager
def _no_cycle_collection() -> Iterator[None]:
    """Pause Python's search for cyclic garbage: loaded policies hold no cycles, and the search takes half the time.

    (Sixty-four policies stay in the compiler's cache; each search would walk all of them again.)
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class _Probes:
    """Every kind of probe of one policy, each made when it is first needed."""

    def __init__(self, policy: Policy, seed: int) -> None:
        self.policy, self._make, self._seed = policy, Builder(policy), seed

    @cached_property
    def columns(self) -> ColumnProbe:
        return ColumnProbe(self._make, seed=self._seed)

    @cached_property
    def written(self) -> WrittenProbe:
        return WrittenProbe(self._make)

    @cached_property
    def books(self) -> BookProbe:
        return BookProbe(self._make)

    @cached_property
    def lives(self) -> LifeProbe:
        return LifeProbe(self._make)

    @cached_property
    def requests(self) -> RequestProbe:
        return RequestProbe(self._make)

    @cached_property
    def paths(self) -> PathProbe:
        return PathProbe(self._make, seed=self._seed)

    def every(self) -> Iterator[Callable[[Policy], int]]:
        yield from (self.columns.moved, self.written.moved, self.books.moved, self.lives.moved)
        yield from (self.requests.moved, self.paths.moved)

    def first_moved(self, after: Policy, number: Number) -> int:
        """Movers of the first kind of probe that has any; the kind that reads the number comes first."""
        if _same_rules(self.policy, after):
            return 0
        likely: dict[str, Callable[[Policy], int]] = {
            "indicators.yaml": self.written.moved,
            "areas.yaml": self.books.moved,
            "outcomes.yaml": self.lives.moved,
            "terms.yaml": self.requests.moved,
        }
        if improve := _IMPROVE.search(number.path):
            count = self.paths.moved(after, improve[1])
        else:
            count = likely.get(number.file, self.columns.moved)(after)
        return count or next((count for probe in self.every() if (count := probe(after))), 0)


@lru_cache(maxsize=2)
def _probes(policy: Policy, seed: int) -> _Probes:
    """The probes of a policy; kept, because an analyst tries one change after another on the same policy."""
    return _Probes(policy, seed)


def _effect(probes: _Probes, texts: Mapping[str, str], number: Number) -> Effect:
    refusals = []
    for units in (1, -1):
        text = beside(number.text, units)
        try:
            after = policy_of(with_number(texts, number, text))
        except PolicyFaults as refused:
            refusals.append(str(refused.faults[0]))
            continue
        if count := probes.first_moved(after, number):
            return Effect(number, count, f"{number.text} -> {text}")
    if len(refusals) == 2:
        return Effect(number, 0, f"refused: {refusals[0]}")
    return Effect(number, 0, f"no effect: {_why_idle(probes.policy, number)}")


def _same_rules(before: Policy, after: Policy) -> bool:
    """Whether two policies hold the same values everywhere but in the hash of their texts."""
    names = (name for name in Policy.__slots__ if name != "sha256")
    return all(getattr(before, name) == getattr(after, name) for name in names)


def _why_idle(policy: Policy, number: Number) -> str:
    """Why a number moves nobody, as far as it can be proved."""
    if number.file == "terms.yaml" and ": promise " in number.path:
        return "a promise to applicants; no rule reads it"
    table = compiled(policy)
    if cap := _CAP.search(number.path):
        return _why_cap_is_idle(table, cap[1], added=cap[2] == "most_added")
    if fresh := _FRESH.search(number.path):
        cycle = [n for n, one in enumerate(policy.indicators) if one.refresh == fresh[1]]
        if all(position in table.kept for position in cycle):
            return "every indicator of this cycle keeps its value when it is stale"
    return _UNMOVED


def _why_cap_is_idle(table: Compiled, name: str, *, added: bool) -> str:
    heading = [one.id for one in table.policy.headings].index(name)
    most, cap = _most(table, heading, added=added), abs(table.caps[heading][0 if added else 1])
    if most < cap or most == cap == 0:
        return f"the items of this heading {'add' if added else 'deduct'} at most {most}, so the cap never binds"
    best = table.policy.base_points + sum(min(_most(table, n, added=True), up) for n, (up, _) in enumerate(table.caps))
    if not added and best - (cap - 1) < table.cuts[0]:
        return f"with so much deducted no score reaches {table.cuts[0]}, the lowest grade"
    return _UNMOVED


def _most(table: Compiled, heading: int, *, added: bool) -> int:
    """The most that a heading's items can add, or deduct, before its caps."""
    items = [item.outcomes for item in table.items if item.heading == heading]
    return sum(max(0, *points) if added else max(0, *(-p for p in points)) for points in items)
