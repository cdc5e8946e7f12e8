"""The county at a glance, a township, a village, and everything that is stopped."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Any

from fastapi import APIRouter, Path, Response

from scoring.areas import TOWNSHIP_DIGITS
from scoring.batch import STATUSES
from serving.access.roles import Act
from serving.console.county.charts import bars
from serving.console.county.rows import name_of, stop_of, stop_rows, township_rows, village_rows
from serving.console.county.seen import PATH, Seen, home, looking, may_import
from serving.console.county.sources import source_rows
from serving.console.sections import N_
from serving.console.visit import Visit, page
from serving.county.county_books import KeptCountyBooks
from serving.county.county_figures import GRANTED, GRANTED_POOR, Counts, history
from serving.wiring import Parts

MONTHS = 24
"""Newest month ends that a page shows."""
WITHOUT_GRADE = {
    "below_a": N_("Below A"),
    "vetoed": N_("Vetoed"),
    "withheld": N_("Not graded for now"),
}
Reading = Annotated[Visit, page(Act.READ_COUNTY)]
Township = Annotated[str, Path(pattern="^[0-9]{9}$")]
Village = Annotated[str, Path(pattern="^[0-9]{12}$")]


def area_pages(parts: Parts, kept: KeptCountyBooks) -> APIRouter:
    """The pages over one set of parts."""
    routes = APIRouter()

    def show(visit: Visit, name: str, /, **values: Any) -> Response:
        return visit.show(name, may_import=may_import(parts, visit.caller), **values)

    @routes.get(PATH)
    def get_county(visit: Reading) -> Response:
        """The whole county; who sees one township or village alone is led there."""
        if (mine := home(visit.caller)) is not None:
            return visit.go(mine)
        with looking(parts, kept, visit.caller) as seen:
            quarter, sources = source_rows(seen.moment, seen.policy)
            due = [it for it in sources if it.cycle is not None]
            return show(
                visit, "county/county.html", **_common(seen), rows=township_rows(seen), quarter=quarter, due=due
            )

    @routes.get(PATH + "/stops")
    def get_stops(visit: Reading) -> Response:
        """Everything that is stopped today, and what would release it."""
        with looking(parts, kept, visit.caller) as seen:
            return show(visit, "county/stops.html", seen=seen, rows=stop_rows(seen), rules=seen.policy.areas)

    @routes.get(PATH + "/townships/{code}")
    def get_township(visit: Reading, code: Township) -> Response:
        """A township with its villages."""
        with looking(parts, kept, visit.caller, code) as seen:
            return show(visit, "county/township.html", **_common(seen), **_area(seen), rows=village_rows(seen))

    @routes.get(PATH + "/villages/{code}")
    def get_village(visit: Reading, code: Village) -> Response:
        """A village."""
        with looking(parts, kept, visit.caller, code) as seen:
            township = code[:TOWNSHIP_DIGITS]
            above: dict[str, Any] = {
                "township": township,
                "township_name": name_of(seen.books, township),
                "township_stop": stop_of(seen.books, township),
                "opens_township": home(visit.caller) != visit.reader.address,
                "lists_households": visit.caller.may(Act.SEARCH_HOUSEHOLD),
            }
            return show(visit, "county/village.html", **_common(seen), **_area(seen), **above, rows=village_rows(seen))

    return routes


def _common(seen: Seen) -> dict[str, Any]:
    """What every area's page shows: figures, grades, the quarters before, the loan book."""
    quarters = history(seen.moment, within=seen.code)
    granted = [Fraction(counts.granted or 0) for _, counts in quarters]
    months = seen.books.book(seen.code)[-MONTHS:]
    stopped = seen.books.stopped(seen.code)
    # Of a village alone: the limit of a township is one of its villages' stops.
    limit = Fraction(seen.policy.areas.village_bad_ratio_over) if len(seen.code) > TOWNSHIP_DIGITS else None
    return {
        "seen": seen,
        "target": GRANTED,
        "target_poor": GRANTED_POOR,
        "grades": _grades(seen),
        "quarters": quarters,
        "names": [run.quarter[2:] for run, _ in quarters],
        "quarter_bars": bars(granted, least=Fraction(1)),
        "months": months,
        "month_bars": bars([it.bad_ratio for it in months], limit=limit),
        "stopped_villages": [it for it in stopped if len(it) > TOWNSHIP_DIGITS],
        "stopped_townships": [it for it in stopped if len(it) <= TOWNSHIP_DIGITS],
    }


def _area(seen: Seen) -> dict[str, Any]:
    """What the page of one area shows of its stop."""
    code = seen.code
    return {
        "code": code,
        "name": name_of(seen.books, code),
        "stop": stop_of(seen.books, code),
        "needs": seen.books.needs(code) if code in seen.books.timelines else None,
        "few_loans": code in seen.books.stops and seen.books.few_loans(code),
        "releases": [it for it in seen.books.releases if it.area_code == code],
    }


def _grades(seen: Seen) -> list[tuple[str, bool, int, Fraction]]:
    """(grade or what stands in its place, whether it is a grade, households, share of all), the best first."""
    if seen.figures is None:
        return []
    counts: Counts = seen.figures.total
    policy = seen.figures.policy or seen.policy
    names = [(it.id, counts.by_grade.get(number, 0)) for number, it in enumerate(policy.grades)]
    rest = [(words, counts.by_status.get(STATUSES.index(status), 0)) for status, words in WITHOUT_GRADE.items()]
    rows = [(name, True, count) for name, count in reversed(names)] + [(name, False, count) for name, count in rest]
    return [(*row, Fraction(row[2], max(counts.households, 1))) for row in rows]
