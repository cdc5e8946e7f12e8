"""Edge cases of a policy with everything expected of them, so that a bank can prove its own copy of the rules equal.

Nobody real: each case is made from the policy alone. It stands at a band's boundary or one unit beside it, leaves one
value unknown, fires one veto, fills or overfills one cap, or is as old as a cycle allows; the other headings bring its
score to a grade's cut or one point below it, because only there can a point move anybody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.batch import STATUSES, assess_columns
from scoring.credit_file import MISSING, STALE
from scoring.freshness import columns_on
from scoring.policy.codes import show
from scoring.policy.schema import Policy
from scoring.probe.builder import Builder

_STATES = {MISSING: "missing", STALE: "stale"}


@dataclass(frozen=True, slots=True)
class _Row:
    """A case. ages: source position to days since its filing."""

    about: str
    codes: Mapping[int, int]
    ages: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Frame:
    """Cases wide (one row a case) and long (one row a case and indicator); every cell as text or whole number."""

    cases: tuple[dict[str, Any], ...]
    values: tuple[dict[str, Any], ...]


def frame_of(policy: Policy) -> Frame:
    """Every edge case of a policy with its points, score, status, grade, limit and vetoes."""
    make = Builder(policy)
    rows = [*_at_values(make), *_at_caps(make), *_at_ages(make)]
    today, n_sources = make.on.toordinal(), len(policy.sources)
    codes = np.repeat(np.asarray(make.neutral, dtype=np.int32)[:, None], len(rows), axis=1)
    observed = np.full((n_sources, len(rows)), today, dtype=np.int32)
    for number, row in enumerate(rows):
        codes[list(row.codes), number] = list(row.codes.values())
        for source, age in row.ages.items():
            observed[source, number] = today - age
    valid_until = np.zeros_like(observed)
    columns = assess_columns(make.table, codes, observed, valid_until, on=make.on)
    marked = columns_on(make.table, codes, observed, valid_until, on=make.on)
    points = _points(make, marked)
    cases, values = [], []
    for number, row in enumerate(rows):
        band = policy.grades[columns.grade[number]] if columns.grade[number] >= 0 else None
        cases.append(
            {
                "case": number + 1,
                "about": row.about,
                "on": make.on.isoformat(),
                **{
                    f"days_old {it.id}": today - int(age)
                    for it, age in zip(policy.sources, observed[:, number], strict=True)
                },
                **{it.id: show(it, int(code)) for it, code in zip(policy.indicators, codes[:, number], strict=True)},
                **{
                    f"points {it.id}": int(n)
                    for it, n in zip(policy.headings, columns.by_heading[:, number], strict=True)
                },
                "score": int(columns.score[number]),
                "status": STATUSES[columns.status[number]],
                "grade": band.id if band else "",
                "limit_cny": str(band.limit_cny) if band else "0",
                "vetoes": " ".join(
                    it.id for it, fired in zip(policy.vetoes, columns.fired[:, number], strict=True) if fired
                ),
            }
        )
        values += [_value(policy, number, place, int(marked[place, number]), points) for place in range(len(codes))]
    return Frame(tuple(cases), tuple(values))


def _value(
    policy: Policy, number: int, place: int, code: int, points: Mapping[int, NDArray[np.int64]]
) -> dict[str, Any]:
    indicator, scored = policy.indicators[place], points.get(place)
    return {
        "case": number + 1,
        "heading": indicator.heading,
        "indicator": indicator.id,
        "state": _STATES.get(code, "known"),
        "code": "" if code in _STATES else code,
        "value": show(indicator, code),
        "points": "" if scored is None else int(scored[number]),
    }


def _points(make: Builder, marked: NDArray[np.int32]) -> dict[int, NDArray[np.int64]]:
    """Points of each scored item before the caps, by position."""
    found = {}
    for item in make.table.items:
        lines = np.array([line.points for line in item.lines], np.int64)
        found[item.position] = lines[np.searchsorted(np.array(item.edges), marked[item.position], side="right")]
    return found


def _beside(make: Builder, number: int) -> tuple[int, int]:
    """One of the grades' cuts, in turn, and one point below it."""
    cut = make.table.cuts[number % len(make.table.cuts)]
    return cut, cut - 1


def _tuned(make: Builder, about: str, fixed: Mapping[int, int], number: int) -> Iterator[_Row]:
    for target in _beside(make, number):
        codes = make.tuned(fixed, target)
        if codes is not None:
            yield _Row(about, codes, {})


def _at_values(make: Builder) -> Iterator[_Row]:
    """Every code at and beside every limit of every rule, and unknown."""
    tested = {*make.items, *make.tests, *(one.position for one in make.table.vetoes)}
    tested |= {make.table.positions[name] for _, name, _ in make.policy.completeness.gate}
    for place in sorted(tested):
        indicator = make.policy.indicators[place]
        for number, code in enumerate((*make.edges[place], MISSING)):
            yield from _tuned(
                make, f"{indicator.id} = {show(indicator, code) or 'missing'}", {place: code}, place + number
            )


def _at_caps(make: Builder) -> Iterator[_Row]:
    """Additions and deductions of each heading one short of its cap, at it, one beyond, and the most there are."""
    for heading, caps in enumerate(make.table.caps):
        name = make.policy.headings[heading].id
        for sign, cap in zip((1, -1), caps, strict=True):
            sums = make.sums(heading, sign)
            for total in sorted(({cap - 1, cap, cap + 1} | {max(sums, key=abs)}) & sums.keys()):
                yield from _tuned(make, f"{name}: {total:+d} before its cap of {cap:+d}", sums[total], heading)


def _at_ages(make: Builder) -> Iterator[_Row]:
    """Each source on the last day of a cycle and on the day after, everything else as it would be."""
    for group in make.table.fresh:
        source = make.policy.sources[group.source].id
        for age in (group.fresh_days, group.fresh_days + 1):
            yield _Row(f"{source} filed {age} days ago", {}, {group.source: age})
