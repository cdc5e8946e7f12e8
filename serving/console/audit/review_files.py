"""A review on paper and as a table: the whole sample with its findings, for print and as CSV."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from feature_store.filing import CIVIL_TIME
from serving.access.roles import Act
from serving.console.audit.review_routes import strata_names
from serving.console.audit.review_words import FINDINGS, STRATIFIED_BY
from serving.console.sections import N_
from serving.console.visit import Visit, page
from serving.reviews.draw import MOST_DRAWN
from serving.reviews.read import read_review
from serving.wiring import Parts

COLUMNS = (
    N_("No."),
    N_("Stratum"),
    N_("Household"),
    N_("Decision"),
    N_("Bank"),
    N_("Recorded"),
    N_("Index in the log"),
    N_("Finding"),
    N_("Note"),
    N_("By"),
    N_("Noted"),
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
Auditing = Annotated[Visit, page(Act.AUDIT)]


def review_files(parts: Parts) -> APIRouter:
    """The files over one set of parts."""
    routes = APIRouter(prefix="/console/audit/reviews/{review_id}")

    @routes.get("/print")
    def get_print(review_id: UUID, visit: Auditing) -> Response:
        """The whole review on paper, with room for signatures; it holds at most as many decisions as one may draw."""
        found = read_review(review_id, parts, after=0, most=MOST_DRAWN)
        return visit.show(
            "audit/print.html",
            found=found,
            review=found.review,
            strata=strata_names(parts, list(found.review.strata)),
            stratified_by=STRATIFIED_BY,
            findings=FINDINGS,
        )

    @routes.get("/sample.csv")
    def get_csv(review_id: UUID, visit: Auditing) -> Response:
        """The whole review as CSV (UTF-8 with a mark, as spreadsheets want it); no cell is a formula."""
        found, say = read_review(review_id, parts, after=0, most=MOST_DRAWN), visit.reader.say
        written = io.StringIO()
        table = csv.writer(written)
        table.writerow([say(it) for it in COLUMNS])
        for it in found.items:
            finding = say(FINDINGS[it.finding]) if it.finding else ""
            row = [it.position, it.stratum, it.household_id, it.decision_id, it.tenant or "", _time(it.recorded_at)]
            row += [it.log_index, finding, it.note or "", it.noted_by or "", _time(it.noted_at)]
            table.writerow([_cell(str(one)) for one in row])
        name = f"review-{review_id}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response("\ufeff" + written.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)

    return routes


def _cell(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _time(at: datetime | None) -> str:
    return at.astimezone(CIVIL_TIME).isoformat(timespec="minutes") if at is not None else ""
