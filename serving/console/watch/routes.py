"""Pages of the watch: the alarms that stand, the stored reports, and one report."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from serving.access.roles import Act
from serving.alarms.standing import list_alarms
from serving.console.visit import Visit, page
from serving.console.watch.report import report_of
from serving.monitoring.watch import newest, stored
from serving.wiring import Parts

A_PAGE = 12
"""Reports on a page: three years of quarters."""
Reads = Annotated[Visit, page(Act.READ_ALARMS)]


def watch_routes(parts: Parts) -> APIRouter:
    """The pages over one set of parts."""
    routes = APIRouter()

    @routes.get("/console/watch")
    def get_watch(visit: Reads, before: Annotated[date | None, Query()] = None) -> Response:
        """Alarms that stand, and the stored reports, newest first."""
        found = newest(parts, most=A_PAGE + 1, before=before)
        values: dict[str, Any] = {
            "alarms": list_alarms(parts, caller=visit.caller),
            "reports": [(it.report, it.content["counts"], it.content["synthetic"]) for it in found[:A_PAGE]],
            "older": found[A_PAGE - 1].report.on if len(found) > A_PAGE else None,
            "first": before is None,
        }
        return visit.show("watch/list.html", **values)

    @routes.get("/console/watch/{on}")
    def get_report(on: date, visit: Reads) -> Response:
        """One report."""
        found = stored(parts, on)
        shown = report_of(found.content, visit.caller, visit.reader.language)
        return visit.show("watch/report.html", found=found.report, shown=shown, on=on)

    return routes
