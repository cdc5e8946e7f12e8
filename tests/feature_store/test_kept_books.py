"""A village's loan book is kept until something that it rests on is recorded, and never longer."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

A = "411299101201-0001"
ON = date(2017, 4, 10)
LOAN = {
    "loan_id": "K",
    "bank": "RCU",
    "household_id": A,
    "disbursed_on": "2017-01-05",
    "amount_cny": "1000",
    "term_months": "12",
    "purpose": "planting",
}


def test_a_book_is_read_once_and_again_when_a_statement_is_recorded(county: Any) -> None:
    county.file("loans", [LOAN])
    county.now += timedelta(days=1)
    _state(county, "2017-02-28", "900")
    asked: list[str] = []
    sa.event.listen(county.store.engine, "before_cursor_execute", lambda *it: asked.append(it[2]))
    first, again = _book(county), _book(county)
    assert sum("days_past_due" in it for it in asked) == 1
    assert first == again
    assert [(str(it[0]), str(it[1])) for it in first] == [("2017-02-28", "900.00")]
    county.now += timedelta(days=1)
    _state(county, "2017-03-31", "800")
    assert [(str(it[0]), str(it[1])) for it in _book(county)] == [("2017-02-28", "900.00"), ("2017-03-31", "800.00")]


def test_an_earlier_moment_sees_its_own_book(county: Any) -> None:
    county.file("loans", [LOAN])
    county.now += timedelta(days=1)
    _state(county, "2017-02-28", "900")
    then = county.now
    county.now += timedelta(days=1)
    _state(county, "2017-03-31", "800")
    assert len(_book(county)) == 2
    with county.store.moment(lambda: county.now) as moment:
        assert len(moment.known(then).village_book(A[:12], on=ON, policy=county.policy)) == 1
    with county.store.looking(then) as moment:
        assert len(moment.village_book(A[:12], on=ON, policy=county.policy)) == 1


def _book(county: Any) -> list[Any]:
    with county.store.moment(lambda: county.now) as moment:
        return list(moment.village_book(A[:12], on=ON, policy=county.policy))


def _state(county: Any, month_end: str, balance: str) -> None:
    county.file("loan_months", [{"loan_id": "K", "month_end": month_end, "balance_cny": balance, "days_past_due": "0"}])
