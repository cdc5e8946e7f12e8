"""Townships and villages as the rows of a table and as tiles: figures of the register beside the stops of today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from scoring.areas import NO_BOOK, TOWNSHIP_DIGITS, MonthEnd, Stop
from serving.console.county.charts import Square, squares
from serving.console.county.seen import Seen
from serving.county.county_books import CountyBooks
from serving.county.county_figures import AreaFigures
from serving.county.release_needs import ReleaseNeeds


@dataclass(frozen=True, slots=True)
class Name:
    """A name in both languages, for the filter ``said``."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class AreaRow:
    """A township or village. book: its newest month end; None where nothing was lent. stopped_villages: of a township."""

    code: str
    name: Name
    figures: AreaFigures
    stop: Stop
    book: MonthEnd | None
    few_loans: bool
    stopped_villages: int
    squares: tuple[Square, ...]


@dataclass(frozen=True, slots=True)
class StopRow:
    """A stopped area and what would release it."""

    code: str
    name: Name
    township: Name | None
    stop: Stop
    needs: ReleaseNeeds
    few_loans: bool


def name_of(books: CountyBooks, code: str) -> Name:
    """An area's name; its code where it has none."""
    return Name(*books.names.get(code, (code, code)))


def township_rows(seen: Seen) -> list[AreaRow]:
    """Every township of what is seen, by code."""
    return [_row(seen, it, _villages(seen, it.code)) for it in seen.figures.townships] if seen.figures else []


def village_rows(seen: Seen) -> list[AreaRow]:
    """Every village of what is seen, by code."""
    return [_row(seen, it, ()) for it in seen.figures.villages] if seen.figures else []


def stop_rows(seen: Seen) -> list[StopRow]:
    """Everything stopped under what is seen, townships first."""
    books = seen.books
    found = [
        StopRow(
            code,
            name_of(books, code),
            name_of(books, code[:TOWNSHIP_DIGITS]) if len(code) > TOWNSHIP_DIGITS else None,
            books.stops[code],
            books.needs(code),
            books.few_loans(code),
        )
        for code in books.stopped(seen.code)
    ]
    return sorted(found, key=lambda it: (it.township is not None, it.code))


def _row(seen: Seen, figures: AreaFigures, villages: Sequence[AreaFigures]) -> AreaRow:
    books, code = seen.books, figures.code
    return AreaRow(
        code=code,
        name=name_of(books, code),
        figures=figures,
        stop=stop_of(books, code),
        book=books.newest(code),
        few_loans=code in books.stops and books.few_loans(code),
        stopped_villages=sum(stop_of(books, it.code).stopped for it in villages),
        squares=squares([(_share(it), stop_of(books, it.code).stopped) for it in villages]),
    )


def stop_of(books: CountyBooks, code: str) -> Stop:
    """An area's stop; the one of an area that never lent where it has no book."""
    return books.stops.get(code, NO_BOOK)


def _villages(seen: Seen, township: str) -> list[AreaFigures]:
    return [it for it in seen.figures.villages if it.code.startswith(township)] if seen.figures else []


def _share(figures: AreaFigures) -> Fraction | None:
    counts = figures.counts
    return Fraction(counts.graded, counts.households) if counts.households else None
