"""The county's books, the needs of a release and the counts of a register, each against another way to the same answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from feature_store.adapters.import_file import import_file
from feature_store.filing import Coverage, civil_day
from feature_store.sidecar import Stated
from scoring.areas import MonthEnd, village_stops
from scoring.policy.lending import AreaRules
from scoring.policy.load import ROOT, load
from serving.county.areas import area_stops
from serving.county.county_books import CountyBooks, KeptCountyBooks, look_after
from serving.county.county_figures import county_figures, history
from serving.county.grade_county import grade_county
from serving.county.release_needs import release_needs
from serving.county.village_counts import on_poverty_register
from tests.serving.served import Served

RULES: AreaRules = load(ROOT / "lushi" / "2021-03-01").areas
VILLAGE = "411299101201"


@pytest.fixture(scope="module")
def own(make_county: Callable[[], Served]) -> Served:
    """A county that these tests import into; the clock only moves forward."""
    return make_county()


def _books(own: Served, kept: KeptCountyBooks) -> CountyBooks:
    with own.parts.store.looking(own.parts.store.now(own.clock.now)) as moment:
        on = civil_day(moment.known_at)
        return kept.of(moment, on=on, policy=own.parts.policies.in_force(on))


def _overdue(own: Served, loan: str, days: int, *, month_end: str = "2017-03-31") -> None:
    path = own.folder / f"months-{month_end}-{days}.csv"
    path.write_text(f"loan_id,month_end,balance_cny,days_past_due\n{loan},{month_end},20000.00,{days}\n")
    stated = Stated("loan_months", date(2017, 3, 31), Coverage.LISTED, ())
    done = import_file(
        own.parts.store, path, policies=own.parts.policies, now=own.clock.now, id_key=own.parts.id_key, stated=stated
    )
    assert done.outcome == "imported", done.faults


def test_the_books_are_read_once_and_anew_when_something_was_recorded(own: Served) -> None:
    kept = KeptCountyBooks()
    first = _books(own, kept)
    assert _books(own, kept) is first
    with own.parts.store.engine.connect() as connection:
        loan = str(connection.exec_driver_sql("SELECT min(loan_id) FROM loans").scalar_one())
    _overdue(own, loan, 120)
    second = _books(own, kept)
    assert second is not first
    stopped = {it.code: it.stop for it in area_stops(own.parts, second.on)}
    assert second.stops == stopped
    assert second.stopped("") == sorted(code for code, stop in stopped.items() if stop.stopped)
    assert second.stopped("") != []
    own.clock.moment += timedelta(days=1)
    look_after(own.parts, kept)
    third = _books(own, kept)
    assert third.on == second.on + timedelta(days=1)
    assert third.months is second.months, "a new day alone reads nothing"
    assert third.stops == {it.code: it.stop for it in area_stops(own.parts, third.on)}


def test_an_areas_book_is_the_sum_of_its_villages(own: Served) -> None:
    books = _books(own, KeptCountyBooks())
    county = books.book("")
    assert [it.month_end for it in county] == sorted({row.month_end for rows in books.months.values() for row in rows})
    last = [rows[-1] for rows in books.months.values() if rows and rows[-1].month_end == county[-1].month_end]
    assert county[-1].balance_cny == sum(row.balance_cny for row in last)
    assert county[-1].bad_balance_cny == Decimal("20000.00")
    assert books.newest("") == county[-1]
    assert books.newest("999999") is None
    assert books.book("999999") == []


def test_the_figures_are_the_registers_own(own: Served) -> None:
    found = grade_county(own.parts, date(2017, 4, 20))
    with own.parts.store.looking(own.parts.store.now(own.clock.now)) as moment:
        seen = county_figures(own.parts, moment, within="")
        one = found.village_shares[0].code[:9]
        part = county_figures(own.parts, moment, within=one)
        (quarter,) = history(moment, within="")
        everybody = moment.connection.exec_driver_sql(
            "SELECT count(*) FROM households h WHERE EXISTS (SELECT FROM filings f WHERE f.household_no = h.household_no)"
        ).scalar_one()
    assert seen is not None
    assert part is not None
    assert quarter[1] == seen.total
    assert (seen.run.run_no, seen.synthetic) == (found.run_no, True)
    assert seen.total.households == len(found.status)
    assert seen.total.filed == everybody
    for number in range(4):
        assert seen.total.by_status.get(number, 0) == int((found.status == number).sum())
        assert seen.total.by_grade.get(number, 0) == int((found.grade == number).sum())
    for mine, share in zip(seen.villages, found.village_shares, strict=True):
        assert (mine.code, mine.counts.households, mine.counts.graded) == (share.code, share.households, share.graded)
        assert mine.honoured == share.credit_area
    for area, share in zip(seen.townships, found.township_shares, strict=True):
        assert (area.code, area.honoured, area.credit_villages) == (
            share.code,
            share.credit_area,
            share.credit_villages,
        )
    assert [it.code for it in part.townships] == [one]
    assert part.total.households == found.township_shares[0].households


def test_who_is_on_the_poverty_register() -> None:
    policy = load(ROOT / "lushi" / "2021-03-01")
    place = next(number for number, it in enumerate(policy.indicators) if it.id == "poverty_status")
    indicator = policy.indicators[place]
    codes = np.full((len(policy.indicators), 5), indicator.low - 1, np.int32)
    codes[place, :4] = [indicator.low + number for number in range(4)]  # none, registered, lifted, marginal
    found = on_poverty_register(codes, policy)
    assert found is not None
    assert found.tolist() == [False, True, True, False, False]


def _months(*bad: int, missing: int | None = None) -> list[MonthEnd]:
    """Month ends from January 2021 on, with so much of 100 yuan bad."""
    ends = [date(2021, 1, 31), date(2021, 2, 28), date(2021, 3, 31), date(2021, 4, 30), date(2021, 5, 31)]
    rows = [MonthEnd(day, Decimal(100), Decimal(share), 20) for day, share in zip(ends, bad, strict=False)]
    return [row for number, row in enumerate(rows) if number != missing]


@pytest.mark.parametrize(
    ("months", "on", "clear", "missing", "old"),
    [
        (_months(9), date(2021, 2, 5), 0, 2, False),
        (_months(9, 5), date(2021, 3, 5), 1, 1, False),
        (_months(9, 5, 4), date(2021, 4, 5), 2, 0, False),
        (_months(9, 5, 4), date(2021, 7, 5), 2, 0, True),
        (_months(9, 0, 6), date(2021, 4, 5), 0, 2, False),
        (_months(9, 1, 1, 1, missing=2), date(2021, 5, 5), 1, 1, False),
    ],
)
def test_what_a_villages_release_needs(months: list[MonthEnd], on: date, clear: int, missing: int, old: bool) -> None:
    timeline = village_stops(months, RULES)
    needs = release_needs(VILLAGE, timeline, RULES, on)
    assert (needs.clear, needs.clear_missing, needs.book_is_old) == (clear, missing, old)
    assert (needs.limit, needs.reached, needs.sign_off) == (Fraction(5, 100), False, True)
    assert timeline[-1][1].awaiting_sign_off == (missing == 0), "as the rules themselves say it"


def test_a_township_at_its_limit_is_not_within_it() -> None:
    stop = village_stops(_months(9), RULES)[-1][1]
    at_limit = type(stop)(True, stop.since, Fraction(RULES.township_stopped_at_least), stop.as_at, 20, False)
    assert stop.as_at is not None
    needs = release_needs(VILLAGE[:9], [(stop.as_at, at_limit)], RULES, date(2021, 2, 5))
    assert (needs.clear, needs.reached, needs.limit) == (0, True, Fraction(30, 100))
