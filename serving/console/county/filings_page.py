"""Which sources have filed, and every file that was stored."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from feature_store.adapters import batches
from feature_store.filing import civil_day
from serving.access.roles import Act
from serving.console.county.seen import PATH, may_import
from serving.console.county.sources import BUILT_IN, labels_of, source_rows
from serving.console.visit import Visit, page
from serving.wiring import Parts

A_PAGE = 25
Reading = Annotated[Visit, page(Act.READ_COUNTY)]
Number = Annotated[int, Query(ge=0, le=2**31 - 1)]


def filings_page(parts: Parts) -> APIRouter:
    """The page over one set of parts."""
    routes = APIRouter()

    @routes.get(PATH + "/filings")
    def get_filings(visit: Reading, before: Number = 0, stored: Number = 0) -> Response:
        """Each source's newest file beside the cycle that it files by, and all files, newest first.

        before: the number that the page before ended with. stored: of a file that was just let in. What a file was called may
        hold a person's name: only who may import, and auditors, see it.
        """
        with parts.store.looking(parts.store.now(parts.clock.now)) as moment:
            policy = parts.policies.in_force(civil_day(moment.known_at))
            quarter, sources = source_rows(moment, policy)
            files = batches.page(moment.connection, known_at=moment.known_at, before=before, most=A_PAGE + 1)
        return visit.show(
            "county/filings.html",
            quarter=quarter,
            sources=sources,
            labels=labels_of(policy),
            built_in=BUILT_IN,
            files=files[:A_PAGE],
            older=files[A_PAGE - 1].batch_no if len(files) > A_PAGE else None,
            before=before,
            stored=next((it for it in files if it.batch_no == stored), None),
            may_import=may_import(parts, visit.caller),
            named=may_import(parts, visit.caller) or visit.caller.may(Act.AUDIT),
        )

    return routes
