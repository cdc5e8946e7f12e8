"""Which sources have filed, and every file that was stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Response

from feature_store.adapters import batches
from feature_store.adapters.batches import StoredFile
from feature_store.filing import civil_day
from feature_store.quarter import Quarter, quarter_of
from scoring.policy.elements import Text
from scoring.policy.schema import Policy
from serving.access.roles import Act
from serving.console.county.seen import PATH
from serving.console.sections import N_
from serving.console.visit import Visit, page
from serving.quarter.freshness import Cycle, Due, due_of, has_filed
from serving.wiring import Parts

A_PAGE = 25
BUILT_IN = {
    "areas": N_("Townships and villages"),
    "households": N_("Register of households"),
    "loans": N_("Loans paid out"),
    "loan_months": N_("Month ends of loans"),
    "loan_schedules": N_("Repayment plans"),
}
"""Sources that every county has besides its policy's, as people call them."""
Reading = Annotated[Visit, page(Act.READ_COUNTY)]
Before = Annotated[int, Query(ge=0, le=2**31 - 1)]


def filings_page(parts: Parts) -> APIRouter:
    """The page over one set of parts."""
    routes = APIRouter()

    @routes.get(PATH + "/filings")
    def get_filings(visit: Reading, before: Before = 0, stored: Before = 0) -> Response:
        """Each source's newest file beside the cycle that it files by, and all files, newest first."""
        with parts.store.looking(parts.store.now(parts.clock.now)) as moment:
            today = civil_day(moment.known_at)
            newest = batches.newest_of_each(moment.connection, known_at=moment.known_at)
            files = batches.page(moment.connection, known_at=moment.known_at, before=before, most=A_PAGE + 1)
        policy, quarter = parts.policies.in_force(today), quarter_of(today).before
        due = {it.source: it for it in due_of(policy)}
        return visit.show(
            "county/filings.html",
            quarter=quarter,
            sources=[_source(name, newest.get(name), due.get(name), quarter) for name in (*_labels(policy), *BUILT_IN)],
            labels=_labels(policy),
            built_in=BUILT_IN,
            files=files[:A_PAGE],
            older=files[A_PAGE - 1].batch_no if len(files) > A_PAGE else None,
            before=before,
            stored=next((it for it in files if it.batch_no == stored), None),
            may_import=visit.caller.may(Act.IMPORT),
        )

    return routes


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source. file: about its newest day. cycle: how often it files; None for at any time. missing: it has not filed for the quarter."""

    source: str
    file: StoredFile | None
    cycle: Cycle | None
    missing: bool


def _source(name: str, file: StoredFile | None, due: Due | None, quarter: Quarter) -> SourceRow:
    missing = due is not None and not has_filed(due, file.observed_on if file else None, quarter)
    return SourceRow(name, file, due.cycle if due else None, missing)


def _labels(policy: Policy) -> dict[str, Text]:
    return {it.id: it.label for it in policy.sources}
