"""First of all: has every source filed for the quarter, by its cycle?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from feature_store.adapters import freshness
from feature_store.adapters.freshness import Reported
from feature_store.quarter import Quarter
from scoring.errors import LushiError
from scoring.outcomes import add_months
from scoring.policy.elements import Text
from scoring.policy.schema import Policy
from serving.quarter.step import Result, Work

LOAN_BOOK = "loan_months"
"""The source of every county that states month ends; its label is ours."""
_LOAN_BOOK = Text("贷款月末数据", "Month ends of loans")
Cycle = Literal["quarter", "year"]
_MONTHS: dict[Cycle, int] = {"quarter": 3, "year": 12}


class SourcesMissing(LushiError):
    """Sources have not filed for the quarter; ``missing`` says which, in words."""

    def __init__(self, quarter: Quarter, missing: Sequence[str]) -> None:
        self.missing = tuple(missing)
        super().__init__(
            f"{quarter} cannot be closed: {'; '.join(missing)}. Import what is missing, or close it without with --go-on"
        )


@dataclass(frozen=True, slots=True)
class Due:
    """A source that files by a cycle."""

    source: str
    label: Text
    cycle: Cycle


def check(work: Work) -> Result:
    """Each source's newest filing against its cycle; the knowledge time of all further steps.

    Raises:
        SourcesMissing: where one has not filed, unless the work says to go on.
    """
    quarter = work.quarter
    with work.parts.store.looking(work.known_at) as moment:
        found = freshness.reported(moment.connection, known_at=work.known_at, begin=quarter.begin, end=quarter.end)
    rows, missing = [], []
    for due in due_of(work.policy):
        seen = found.get(due.source, Reported(None, None))
        filed = has_filed(due, seen.newest, quarter)
        rows.append(
            {
                "source": due.source,
                "zh": due.label.zh,
                "en": due.label.en,
                "cycle": due.cycle,
                "newest": seen.newest.isoformat() if seen.newest else None,
                "filed": filed,
            }
        )
        if not filed:
            missing.append(_words(due, seen))
    if missing and not work.go_on:
        raise SourcesMissing(quarter, missing)
    return {
        "known_at": work.known_at.isoformat(),
        "books_closed": work.known_at >= quarter.closing,
        "policy": work.policy.id,
        "policy_sha256": work.policy.sha256,
        "sources": rows,
        "missing": [row["source"] for row in rows if not row["filed"]],
    }


def due_of(policy: Policy) -> list[Due]:
    """Who files how often: by the shortest cycle among a source's indicators; what comes at any time is never due."""
    found = []
    for source in policy.sources:
        cycles = {item.refresh for item in policy.indicators if item.source == source.id}
        if "quarter" in cycles:
            found.append(Due(source.id, source.label, "quarter"))
        elif "year" in cycles:
            found.append(Due(source.id, source.label, "year"))
    return [*found, Due(LOAN_BOOK, _LOAN_BOOK, "quarter")]


def has_filed(due: Due, newest: date | None, quarter: Quarter) -> bool:
    """Whether a source has filed for a quarter, by its cycle. newest: the newest day that its files are about."""
    return newest is not None and newest > _after(quarter.end, due.cycle)


def _after(end: date, cycle: Cycle) -> date:
    """The last day on which a filing would be of the cycle before."""
    return add_months(end + timedelta(days=1), -_MONTHS[cycle]) - timedelta(days=1)


def _words(due: Due, seen: Reported) -> str:
    """A missing source in words: since when it is silent, and whether it filed after the books closed."""
    last = f"last filed as of {seen.newest.isoformat()}" if seen.newest else "has never filed"
    late = f", and filed on {seen.came_late.date().isoformat()}, too late" if seen.came_late else ""
    return f"{due.label.zh} {due.label.en} ({due.source}, each {due.cycle}) {last}{late}"
