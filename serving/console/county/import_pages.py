"""The import centre: send a source's file, see everything that is wrong in it, let it in or give it up."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from feature_store.adapters.known import KnownInStore
from feature_store.faults import Fault
from feature_store.filing import civil_day
from serving.access.roles import Act
from serving.console.county.fault_sayings import say_fault
from serving.console.county.import_form import read_form
from serving.console.county.seen import PATH
from serving.console.county.sources import BUILT_IN, labels_of
from serving.console.sections import N_
from serving.console.sent_files import SentFile
from serving.console.visit import Visit, page
from serving.county import waiting_files
from serving.county.let_in import check_whole, let_in
from serving.county.waiting_files import Waiting
from serving.wiring import Parts

IMPORT = PATH + "/import"
A_PAGE = 100
MEGABYTES = 64
COVERAGES = [
    ("", N_("Choose")),
    ("complete", N_("Complete: whoever is not named has nothing to report")),
    ("listed", N_("Listed: it speaks only of whom it names")),
]
Importing = Annotated[Visit, page(Act.IMPORT)]
After = Annotated[int, Query(ge=0, le=2**31 - 1)]


def import_pages(parts: Parts) -> APIRouter:
    """The pages over one set of parts."""
    routes = APIRouter()

    @routes.get(IMPORT)
    def get_import(visit: Importing) -> Response:
        """The form, and this person's files that wait."""
        check_whole(parts, visit.caller)
        return _form(visit, parts, {"areas": visit.caller.area}, {})

    @routes.post(IMPORT)
    def post_import(request: Request, visit: Importing) -> Response:
        """Check a file and keep it for a decision."""
        check_whole(parts, visit.caller)
        file: SentFile | None = getattr(request.state, "file", None)
        with parts.store.looking(parts.clock.now()) as moment:
            areas = KnownInStore(moment.connection).areas()
        today = civil_day(parts.clock.now())
        stated, name, faults = read_form(visit.form, file, sources=_sources(parts), areas=areas, today=today)
        if faults or file is None:
            return _form(visit, parts, visit.form, faults, status=422)
        one = waiting_files.keep(parts, visit.caller, name, file.content, stated)
        return visit.go(f"{IMPORT}/{one.upload_id}")

    @routes.get(IMPORT + "/{upload_id}")
    def get_waiting(visit: Importing, upload_id: UUID, after: After = 0) -> Response:
        """A waiting file: what would be stored, and a page of its faults."""
        return _waiting(visit, parts, waiting_files.find(parts, visit.caller, str(upload_id)), after=after)

    @routes.get(IMPORT + "/{upload_id}/faults.csv")
    def get_faults(visit: Importing, upload_id: UUID) -> Response:
        """Every fault of a waiting file, for a spreadsheet."""
        one = waiting_files.find(parts, visit.caller, str(upload_id))
        rows = _csv(visit, waiting_files.faults(parts, one))
        answer = StreamingResponse(rows, media_type="text/csv; charset=utf-8")
        answer.headers["Content-Disposition"] = 'attachment; filename="faults.csv"'
        return answer

    @routes.post(IMPORT + "/{upload_id}/accept")
    def post_accept(visit: Importing, upload_id: UUID) -> Response:
        """Let a file in; its faulty rows are left out where the form says so."""
        one = waiting_files.find(parts, visit.caller, str(upload_id))
        done = let_in(parts, visit.caller, one, without_faulty=visit.form.get("without_faulty") == "yes")
        if done.outcome == "refused":  # by what was stored meanwhile, or sent for a file with faults
            one = waiting_files.look_again(parts, visit.caller, one.upload_id)
            return _waiting(visit, parts, one, status=422)
        waiting_files.give_up(parts, one)
        return visit.go(f"{PATH}/filings?stored={done.batch_no}")

    @routes.post(IMPORT + "/{upload_id}/discard")
    def post_discard(visit: Importing, upload_id: UUID) -> Response:
        """Give a file up."""
        waiting_files.give_up(parts, waiting_files.find(parts, visit.caller, str(upload_id)))
        return visit.go(IMPORT)

    return routes


def _sources(parts: Parts) -> dict[str, Any]:
    """Who may file, by id: what people call it, a message or a text in both languages."""
    policy = parts.policies.in_force(civil_day(parts.clock.now()))
    return {**labels_of(policy), **BUILT_IN}


def _form(visit: Visit, parts: Parts, form: Any, faults: dict[str, str], *, status: int = 200) -> Response:
    return visit.show(
        "county/import.html",
        status=status,
        may_import=True,
        sources=_sources(parts),
        built_in=BUILT_IN,
        coverages=COVERAGES,
        form=form,
        faults=faults,
        today=civil_day(parts.clock.now()),
        megabytes=MEGABYTES,
        files=waiting_files.waiting(parts, visit.caller),
    )


def _waiting(visit: Visit, parts: Parts, one: Waiting, *, after: int = 0, status: int = 200) -> Response:
    found = list(waiting_files.faults(parts, one, after=after, most=A_PAGE + 1))
    language = visit.reader.language
    return visit.show(
        "county/waiting.html",
        status=status,
        may_import=True,
        one=one,
        sources=_sources(parts),
        built_in=BUILT_IN,
        faults=[
            (it.row, it.column, say_fault(language, it.what), say_fault(language, it.mend)) for it in found[:A_PAGE]
        ],
        kinds=[(column, say_fault(language, what), times) for column, what, times in one.kinds],
        after=after,
        earlier=max(0, after - A_PAGE) if after else None,
        later=after + A_PAGE if len(found) > A_PAGE else None,
        kept_hours=int(waiting_files.KEPT.total_seconds() // 3600),
    )


def _csv(visit: Visit, faults: Iterator[Fault]) -> Iterator[str]:
    """The faults as lines, in the reader's language; the mark lets spreadsheets see UTF-8."""
    header = [visit.reader.say(it) for it in (N_("Row"), N_("Column"), N_("What is wrong"), N_("What to do"))]
    yield "\ufeff" + _line(header)
    for it in faults:
        said = (say_fault(visit.reader.language, text) for text in (it.what, it.mend))
        yield _line([str(it.row or ""), it.column, *said])


def _line(cells: list[str]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow(cells)
    return written.getvalue()
