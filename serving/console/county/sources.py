"""Every source with its newest file, beside the cycle that it files by."""

from __future__ import annotations

from dataclasses import dataclass

from feature_store.adapters import batches
from feature_store.adapters.batches import StoredFile
from feature_store.adapters.store import Moment
from feature_store.filing import civil_day
from feature_store.quarter import Quarter, quarter_of
from scoring.policy.elements import Text
from scoring.policy.schema import Policy
from serving.console.sections import N_
from serving.quarter.freshness import Cycle, Due, due_of, has_filed

BUILT_IN = {
    "areas": N_("Townships and villages"),
    "households": N_("Register of households"),
    "loans": N_("Loans paid out"),
    "loan_months": N_("Month ends of loans"),
    "loan_schedules": N_("Repayment plans"),
}
"""Sources that every county has besides its policy's, as people call them."""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source. file: about its newest day. cycle: how often it files; None for at any time. missing: it has not filed for the quarter."""

    source: str
    file: StoredFile | None
    cycle: Cycle | None
    missing: bool


def source_rows(moment: Moment, policy: Policy) -> tuple[Quarter, list[SourceRow]]:
    """The newest quarter that is over, and every source as known at the moment."""
    quarter = quarter_of(civil_day(moment.known_at)).before
    newest = batches.newest_of_each(moment.connection, known_at=moment.known_at)
    due = {it.source: it for it in due_of(policy)}
    names = (*labels_of(policy), *BUILT_IN)
    return quarter, [_row(name, newest.get(name), due.get(name), quarter) for name in names]


def labels_of(policy: Policy) -> dict[str, Text]:
    """What people call the policy's sources, by id."""
    return {it.id: it.label for it in policy.sources}


def _row(name: str, file: StoredFile | None, due: Due | None, quarter: Quarter) -> SourceRow:
    missing = due is not None and not has_filed(due, file.observed_on if file else None, quarter)
    return SourceRow(name, file, due.cycle if due else None, missing)
