"""Find a household: by its number or an ID number, typed and sent, never in an address; or in the list of a village."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Query, Response

from serving.access.roles import Act
from serving.consents.scope import UnknownHousehold
from serving.console.households.words import all_words
from serving.console.sections import N_
from serving.console.visit import Visit, page
from serving.privacy.find_household import IdNumberInvalid, check_seen, search
from serving.privacy.list_households import VillagePage, village_page, villages_seen
from serving.wiring import Parts

A_PAGE = 50
_HOUSEHOLD = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,39}")
_LIKE_AN_ID_NUMBER = re.compile(r"[0-9]{15,20}|[0-9]{14,19}[0-9A-Za-z]")
Village = Annotated[str, Query(pattern=r"^([0-9]{12})?$")]
After = Annotated[str, Query(pattern=r"^([0-9A-Za-z][0-9A-Za-z-]{0,39})?$")]
Searching = Annotated[Visit, page(Act.SEARCH_HOUSEHOLD)]

NEITHER = N_("Write a household number such as 411299101203-0042, or an ID number of 18 characters.")
NOT_AN_ID_NUMBER = N_("That is no valid ID number. Copy it from the ID card again.")
NOBODY = N_("No household that you may see has that number. Check it; a bank needs the household's consent first.")


def search_routes(parts: Parts) -> APIRouter:
    """The pages over one set of parts."""
    routes = APIRouter()

    @routes.get("/console/households")
    def get_search(visit: Searching, village: Village = "", after: After = "") -> Response:
        """The form, and a village's households where one is chosen."""
        return _page(visit, parts, village=village, after=after)

    @routes.post("/console/households")
    def post_search(visit: Searching) -> Response:
        """On to the household that has the number; what may be an ID number is never shown again."""
        typed = visit.form.get("number", "").strip()
        likely = _LIKE_AN_ID_NUMBER.fullmatch(typed) is not None
        if not likely and not _HOUSEHOLD.fullmatch(typed):
            return _page(visit, parts, fault=NEITHER, status=422)
        try:
            if likely:
                return visit.go(f"/console/households/{search(typed, parts, caller=visit.caller)}")
            check_seen(typed, parts, caller=visit.caller)
        except IdNumberInvalid:
            return _page(visit, parts, fault=NOT_AN_ID_NUMBER, status=422)
        except UnknownHousehold:
            return _page(visit, parts, fault=NOBODY, typed=typed if "-" in typed else "", status=404)
        return visit.go(f"/console/households/{typed}")

    return routes


def _page(
    visit: Visit,
    parts: Parts,
    *,
    village: str = "",
    after: str = "",
    fault: str | None = None,
    typed: str = "",
    status: int = 200,
) -> Response:
    townships = villages_seen(parts, caller=visit.caller)
    known = {code: (one.name, name) for one in townships for code, name in one.villages.items()}
    if not village and len(known) == 1:  # a village officer's own
        (village,) = known
    found: VillagePage | None = None
    if village:
        found = village_page(village, parts, caller=visit.caller, after=after, most=A_PAGE)
    return visit.show(
        "households/search.html",
        status=status,
        words=all_words(),
        townships=townships,
        village=village,
        place=known.get(village),
        found=found,
        begun=bool(after),
        fault=fault,
        typed=typed,
    )
