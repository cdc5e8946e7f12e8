"""What a visitor of the county's pages sees: today's stops and the newest register, of the area where the visitor may look."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from feature_store.adapters.store import Moment
from feature_store.areas import DIGITS
from feature_store.filing import INVENTED_COUNTY, civil_day
from scoring.policy.schema import Policy
from serving.access.callers import Caller
from serving.access.roles import WITHIN_AREA, Act
from serving.county.county_books import CountyBooks, KeptCountyBooks
from serving.county.county_figures import CountyFigures, county_figures
from serving.county.known_area import UnknownArea
from serving.county.let_in import sees_whole
from serving.wiring import Parts

PATH = "/console/county"


def within(caller: Caller) -> str:
    """The code under which a visitor may look; empty for everywhere."""
    return caller.area if caller.role in WITHIN_AREA else ""


def home(caller: Caller) -> str | None:
    """The page of the one township or village that a visitor may look at; None for whoever sees more."""
    area = within(caller)
    kind = next((kind for kind, digits in DIGITS.items() if digits == len(area)), None)
    pages = {"township": f"{PATH}/townships/{area}", "village": f"{PATH}/villages/{area}"}
    return pages.get(kind or "")


def may_import(parts: Parts, caller: Caller) -> bool:
    """Whether a visitor may let files in, so that pages lead there."""
    return caller.may(Act.IMPORT) and sees_whole(parts, caller)


@dataclass(frozen=True, slots=True)
class Seen:
    """An area on a day. figures: None where nobody was graded yet. code: empty for everywhere that the visitor may look."""

    moment: Moment
    today: date
    policy: Policy
    code: str
    books: CountyBooks
    figures: CountyFigures | None

    @property
    def synthetic(self) -> bool:
        """Whether what is shown is invented."""
        return any(code.startswith(INVENTED_COUNTY) and code.startswith(self.code) for code in self.books.names)


@contextmanager
def looking(parts: Parts, kept: KeptCountyBooks, caller: Caller, code: str = "") -> Iterator[Seen]:
    """The area with a code as known now; everywhere that the visitor may look where none is given.

    Raises:
        UnknownArea: for a code that is not there, or not for this visitor: nobody learns which.
        PolicyNotInForce, StoreUnavailable.
    """
    with parts.store.looking(parts.store.now(parts.clock.now)) as moment:
        today = civil_day(moment.known_at)
        policy = parts.policies.in_force(today)
        books = kept.of(moment, on=today, policy=policy)
        if code and (code not in books.names or not code.startswith(within(caller))):
            raise UnknownArea
        code = code or within(caller)
        yield Seen(moment, today, policy, code, books, county_figures(parts, moment, within=code))
