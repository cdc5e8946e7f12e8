"""The county's figures as its newest register found them: households, files, grades, the poverty register, credit villages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from feature_store.adapters import register_counts, registers
from feature_store.adapters.register_counts import Count, CountedRun
from feature_store.adapters.store import Moment
from feature_store.filing import INVENTED_COUNTY
from scoring.areas import TOWNSHIP_DIGITS, credit_township, credit_village
from scoring.policy.lending import AreaRules
from scoring.policy.schema import Policy
from serving.county.grade_county import GRADED
from serving.wiring import Parts

GRANTED, GRANTED_POOR = Decimal("0.82"), Decimal("0.806")
"""Shares of all and of the registered poor households that were granted credit, as the report of November 2017 states them."""
QUARTERS = 12
"""Newest quarters that a history shows."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Households of an area. by_status: in the order of ``scoring.batch.STATUSES``; by_grade: of the policy's grades.

    filed: of them, a source filed about. poor, poor_graded: on the poverty register, and graded of those. None where it was not counted.
    """

    households: int
    graded: int
    by_status: Mapping[int, int]
    by_grade: Mapping[int, int]
    filed: int | None
    poor: int | None
    poor_graded: int | None

    @classmethod
    def of(cls, rows: Iterable[Count]) -> Self:
        """The sums of rows."""
        all_rows = list(rows)
        status: dict[int, int] = {}
        grade: dict[int, int] = {}
        for row in all_rows:
            status[row.status] = status.get(row.status, 0) + row.households
            if row.status == GRADED:
                grade[row.grade] = grade.get(row.grade, 0) + row.households
        return cls(
            households=sum(status.values()),
            graded=status.get(GRADED, 0),
            by_status=status,
            by_grade=grade,
            filed=_sum(row.filed for row in all_rows),
            poor=_sum(row.poor for row in all_rows),
            poor_graded=_sum(row.poor for row in all_rows if row.status == GRADED) if _counted(all_rows) else None,
        )

    @property
    def granted(self) -> Decimal | None:
        """Share of the households that have a grade."""
        return _share(self.graded, self.households)

    @property
    def filed_share(self) -> Decimal | None:
        """Share of the households that a source filed about."""
        return _share(self.filed, self.households)

    @property
    def poor_granted(self) -> Decimal | None:
        """Share of the registered poor households that have a grade."""
        return _share(self.poor_graded, self.poor)


@dataclass(frozen=True, slots=True)
class AreaFigures:
    """A village or township. honoured: a credit village or township. credit_villages, villages: of a township."""

    code: str
    counts: Counts
    honoured: bool
    credit_villages: int = 0
    villages: int = 0


@dataclass(frozen=True, slots=True)
class CountyFigures:
    """A register's figures under a code. policy: what the run graded by; None where it is approved no more."""

    run: CountedRun
    policy: Policy | None
    total: Counts
    townships: tuple[AreaFigures, ...]
    villages: tuple[AreaFigures, ...]

    @property
    def synthetic(self) -> bool:
        """Whether households of it are invented."""
        return any(it.code.startswith(INVENTED_COUNTY) for it in self.villages)


def county_figures(parts: Parts, moment: Moment, *, within: str) -> CountyFigures | None:
    """The newest register's figures of every village whose code begins with ``within``; None where nobody was graded yet."""
    runs = register_counts.newest_runs(moment.connection, known_at=moment.known_at, most=1)
    if not runs:
        return None
    run, policy = runs[0], parts.policies.by_sha256(runs[0].policy_sha256)
    by_village: dict[str, list[Count]] = {}
    for row in register_counts.counts_of(moment.connection, run.run_no, within=within):
        by_village.setdefault(row.village_code, []).append(row)
    known = [it for it in registers.villages_of(moment.connection) if len(it) > TOWNSHIP_DIGITS]
    codes = sorted({*by_village, *(it for it in known if it.startswith(within))})
    rules = policy.areas if policy else None
    villages = tuple(_village(code, by_village.get(code, ()), rules) for code in codes)
    townships = tuple(
        _township(code, [it for it in villages if it.code.startswith(code)], by_village, rules)
        for code in sorted({it.code[:TOWNSHIP_DIGITS] for it in villages})
    )
    total = Counts.of(row for rows in by_village.values() for row in rows)
    return CountyFigures(run, policy, total, townships, villages)


def history(moment: Moment, *, within: str) -> list[tuple[CountedRun, Counts]]:
    """The newest quarters' registers with their sums under a code, oldest first."""
    runs = register_counts.newest_runs(moment.connection, known_at=moment.known_at, most=QUARTERS)
    totals = register_counts.totals_of(moment.connection, [it.run_no for it in runs], within=within)
    return [(run, Counts.of(totals[run.run_no])) for run in reversed(runs) if run.run_no in totals]


def _village(code: str, rows: Iterable[Count], rules: AreaRules | None) -> AreaFigures:
    counts = Counts.of(rows)
    return AreaFigures(code, counts, rules is not None and credit_village(counts.graded, counts.households, rules))


def _township(
    code: str, villages: list[AreaFigures], rows: Mapping[str, list[Count]], rules: AreaRules | None
) -> AreaFigures:
    honoured = sum(it.honoured for it in villages)
    counts = Counts.of(row for it in villages for row in rows.get(it.code, ()))
    credit = rules is not None and credit_township(honoured, len(villages), rules)
    return AreaFigures(code, counts, credit, honoured, len(villages))


def _counted(rows: list[Count]) -> bool:
    return all(row.poor is not None for row in rows)


def _sum(values: Iterable[int | None]) -> int | None:
    found = 0
    for value in values:
        if value is None:
            return None
        found += value
    return found


def _share(part: int | None, whole: int | None) -> Decimal | None:
    return None if part is None or not whole else Decimal(part) / Decimal(whole)
