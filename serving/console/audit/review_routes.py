"""Reviews: drawn, looked at, drawn again to compare, and signed."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from feature_store.adapters import registers
from feature_store.adapters.review_draw import Asked
from feature_store.areas import DIGITS
from feature_store.filing import civil_day
from scoring.policy.elements import Text
from serving.access.roles import Act
from serving.console.audit.review_words import (
    FAULTS,
    FINDINGS,
    NO_CONCLUSION,
    NO_DECISION,
    STRATA,
    STRATIFIED_BY,
)
from serving.console.households.form_state import Fields
from serving.console.visit import Visit, page
from serving.refused import Refused
from serving.reviews.draw import MOST_DRAWN, draw_review, drawn_again, new_seed
from serving.reviews.notes import sign
from serving.reviews.read import read_review
from serving.wiring import Parts

A_PAGE = 50
Auditing = Annotated[Visit, page(Act.AUDIT)]


def review_routes(parts: Parts) -> APIRouter:
    """The pages over one set of parts."""
    routes = APIRouter(prefix="/console/audit/reviews")

    @routes.get("/new")
    def get_form(visit: Auditing) -> Response:
        """The form for a sample."""
        today = civil_day(parts.clock.now())
        first = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
        usual = {"first_day": first.isoformat(), "last_day": today.isoformat(), "per_stratum": "5", "seed": new_seed()}
        return _form(visit, parts, Fields(usual))

    @routes.post("")
    def post_review(visit: Auditing) -> Response:
        """Draw the sample, record it and go to it; with faults the form again."""
        typed = Fields({name: visit.form.get(name, "").strip() for name in FAULTS})
        asked, wrong = _asked(typed)
        faults = {name: FAULTS[name] for name in wrong}
        if asked is not None:
            try:
                review_id = draw_review(typed["title"], asked, parts, caller=visit.caller)
                return visit.go(f"/console/audit/reviews/{review_id}")
            except Refused as refused:
                named = {it.where.removeprefix("body."): it.what for it in refused.faults}
                faults = {name: FAULTS[name] for name in FAULTS if name in named}
                if named.get("first_day") == "spans no decision":
                    faults["first_day"] = NO_DECISION
        elif not typed["title"]:
            faults["title"] = FAULTS["title"]
        return _form(visit, parts, typed, faults, status=422)

    @routes.get("/{review_id}")
    def get_review(
        review_id: UUID,
        visit: Auditing,
        after: Annotated[int, Query(ge=0, le=MOST_DRAWN)] = 0,
        again: Annotated[str, Query(pattern="^yes$")] = "",
    ) -> Response:
        """The review with a page of its decisions; again: drawn once more, and compared."""
        return show_review(visit, review_id, parts, after=after, again=bool(again))

    @routes.post("/{review_id}/signing")
    def post_signing(review_id: UUID, visit: Auditing) -> Response:
        """Sign it; nothing is noted in it from then on."""
        conclusion = visit.form.get("conclusion", "")
        try:
            sign(review_id, conclusion, parts, caller=visit.caller)
        except Refused:
            return show_review(visit, review_id, parts, fault=NO_CONCLUSION, conclusion=conclusion, status=422)
        return visit.go(f"/console/audit/reviews/{review_id}")

    return routes


def show_review(
    visit: Visit,
    review_id: UUID,
    parts: Parts,
    *,
    after: int = 0,
    again: bool = False,
    fault: str | None = None,
    conclusion: str = "",
    status: int = 200,
) -> Response:
    """The review's page."""
    found = read_review(review_id, parts, after=after, most=A_PAGE)
    return visit.show(
        "audit/review.html",
        status=status,
        found=found,
        review=found.review,
        strata=strata_names(parts, list(found.review.strata)),
        stratified_by=STRATIFIED_BY,
        findings=FINDINGS,
        begun=after > 0,
        same=drawn_again(review_id, parts) if again else None,
        fault=fault,
        conclusion=conclusion,
    )


def strata_names(parts: Parts, codes: list[str]) -> dict[str, str | Text]:
    """What strata are called, where they are codes: a township's name in both languages, a message, or the code."""
    known: dict[str, str | Text] = {**STRATA, **_names(parts)}
    return {code: known[code] for code in codes if code in known}


def _form(
    visit: Visit, parts: Parts, typed: Fields, faults: dict[str, str] | None = None, *, status: int = 200
) -> Response:
    return visit.show(
        "audit/draw.html",
        status=status,
        form=typed,
        faults=Fields(faults or {}),
        stratified_by=STRATIFIED_BY,
        townships={it: name for it, name in _names(parts).items() if len(it) == DIGITS["township"]},
    )


def _names(parts: Parts) -> dict[str, Text]:
    """What townships and villages are called, by code."""
    with parts.store.looking(parts.clock.now()) as moment:
        return {code: Text(*both) for code, both in registers.villages_of(moment.connection).items()}


def _asked(typed: Fields) -> tuple[Asked | None, list[str]]:
    """What is asked for, or the fields that cannot be read."""
    wrong = []
    days: dict[str, date] = {}
    for name in ("first_day", "last_day"):
        try:
            days[name] = date.fromisoformat(typed[name])
        except ValueError:
            wrong.append(name)
    each = typed["per_stratum"]
    if not (each.isascii() and each.isdigit() and len(each) <= 4):
        wrong.append("per_stratum")
    by = next((it for it in ("grade", "township", "bank", "month") if it == typed["stratified_by"]), None)
    if by is None:
        wrong.append("stratified_by")
    if wrong or by is None:
        return None, wrong
    return Asked(
        by, days["first_day"], days["last_day"], typed["tenant"], typed["area_code"], int(each), typed["seed"]
    ), []
