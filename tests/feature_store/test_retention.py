"""Erasing by rule, statement by statement: what was superseded and when, and codes that others still need."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from feature_store.adapters import retention

A, B = "411299101201-0001", "411299101202-0001"
AT = datetime(2024, 1, 1, tzinfo=UTC)
BAD, GOOD = {"dishonest_debtor": "open"}, {"dishonest_debtor": "none"}


def _state(county: Any, household: str, day: str, cells: dict[str, str], **how: Any) -> int:
    """File a statement of the court for a day, recorded after everything before; its filing's number."""
    county.now += timedelta(hours=1)
    county.file("court", [county.filing("court", household, **cells)], observed_on=day, **how)
    with county.store.engine.connect() as connection:
        return int(connection.execute(sa.text("SELECT max(seq) FROM filings")).scalar_one())


def _superseded(county: Any, cutoff: date, *, clears: bool = True) -> list[int]:
    with county.store.engine.connect() as connection:
        how = {"clears": clears, "cutoff": cutoff, "after": 0, "most": 100}
        return [row.seq for row in retention.superseded(connection, "court", **how)]


def _erase(county: Any, *seqs: int) -> None:
    with county.store.engine.begin() as connection:
        retention.allowed(connection, ("court",))
        retention.erase_filings(connection, seqs, at=AT)


def _kept(county: Any) -> dict[int, tuple[int | None, list[int] | None]]:
    with county.store.engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT seq, same_as, codes FROM filings ORDER BY seq"))
        return {row.seq: (row.same_as, row.codes) for row in rows}


def test_a_statement_is_superseded_on_the_day_of_the_next_other_one(county: Any) -> None:
    county.now = datetime(2017, 12, 1, tzinfo=UTC)
    first = _state(county, A, "2017-02-01", BAD)
    again = _state(county, A, "2017-03-01", BAD)
    other = _state(county, A, "2017-04-01", GOOD)
    assert _superseded(county, date(2017, 3, 31)) == [], "said again is not said otherwise"
    assert _superseded(county, date(2017, 4, 1)) == [first, again]
    later = _state(county, A, "2017-05-01", BAD)
    assert _superseded(county, date(2017, 4, 30)) == [first, again]
    assert _superseded(county, date(2017, 5, 1)) == [first, again, other]
    assert later not in _superseded(county, date(2030, 1, 1)), "what stands now is never superseded"


def test_a_correction_for_the_same_day_supersedes_and_a_late_earlier_statement_does_not(county: Any) -> None:
    county.now = datetime(2017, 12, 1, tzinfo=UTC)
    wrong = _state(county, A, "2017-02-01", BAD)
    assert _superseded(county, date(2030, 1, 1)) == []
    late = _state(county, A, "2017-01-01", GOOD)
    assert _superseded(county, date(2030, 1, 1)) == [late]
    right = _state(county, A, "2017-02-01", GOOD)
    assert _superseded(county, date(2030, 1, 1)) == [wrong, late]
    assert right in _kept(county)


def test_a_complete_list_that_names_the_household_no_more_supersedes(county: Any) -> None:
    county.now = datetime(2017, 12, 1, tzinfo=UTC)
    a, b = _state(county, A, "2017-02-01", BAD), _state(county, B, "2017-02-01", BAD)
    village = _state(county, B, "2017-03-01", BAD, coverage="complete", areas=[A[:12], B[:12]])
    assert _superseded(county, date(2017, 2, 28)) == []
    assert _superseded(county, date(2017, 3, 1)) == [a]
    assert _superseded(county, date(2017, 3, 1), clears=False) == [], "where a source's silence says nothing"
    assert {b, village} <= set(_kept(county))


def test_a_list_over_another_village_tells_nothing(county: Any) -> None:
    county.now = datetime(2017, 12, 1, tzinfo=UTC)
    _state(county, A, "2017-02-01", BAD)
    _state(county, B, "2017-03-01", BAD, coverage="complete", areas=[B[:12]])
    assert _superseded(county, date(2030, 1, 1)) == []


def test_codes_that_a_remaining_statement_needs_move_to_the_oldest_of_those(county: Any) -> None:
    county.now = datetime(2017, 12, 1, tzinfo=UTC)
    holder = _state(county, A, "2017-02-01", BAD)
    second, third = _state(county, A, "2017-05-01", BAD), _state(county, A, "2017-06-01", BAD)
    other = _state(county, A, "2017-03-01", GOOD)  # comes late
    before = _kept(county)
    assert (before[second][0], before[third][0]) == (holder, holder)
    assert _superseded(county, date(2017, 4, 1)) == [holder]
    with county.store.moment(lambda: county.now) as moment:
        file = moment.credit_file(A, on=date(2017, 7, 1), policy=county.policy)
    _erase(county, holder)
    after = _kept(county)
    assert set(after) == {second, third, other}
    assert after[second] == (None, before[holder][1])
    assert after[third] == (second, None)
    assert after[other] == before[other]
    with county.store.moment(lambda: county.now) as moment:
        assert moment.credit_file(A, on=date(2017, 7, 1), policy=county.policy) == file
    fourth = _state(county, A, "2017-08-01", GOOD)
    assert _kept(county)[fourth][0] == other, "the next import finds the codes that are stored last"


def test_a_statement_and_those_that_have_its_codes_may_go_together(county: Any) -> None:
    county.now = datetime(2017, 12, 1, tzinfo=UTC)
    gone = [_state(county, A, "2017-02-01", BAD), _state(county, A, "2017-03-01", BAD)]
    stays = _state(county, A, "2017-04-01", GOOD)
    _erase(county, *gone)
    assert list(_kept(county)) == [stays]
    with county.store.engine.connect() as connection:
        assert retention.an_erased_filing(connection, [stays, *gone]) == gone[0]
        assert retention.an_erased_filing(connection, [stays, 999]) is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE filings SET household_no = household_no + 1",
        "UPDATE filings SET codes = '{1}' WHERE codes IS NOT NULL",
        "UPDATE loan_months SET balance_cny = 0",
        "UPDATE loan_schedules SET due_cny = 0",
        "TRUNCATE filings",
        "DELETE FROM registrations",
        "DELETE FROM decisions",
        "DELETE FROM log_entries",
        "DELETE FROM erased_facts",
        "DELETE FROM batches",
    ],
)
def test_even_where_erasing_is_allowed_nothing_else_changes(county: Any, statement: str) -> None:
    _state(county, A, "2017-02-01", BAD)
    with county.store.engine.connect() as connection:
        retention.allowed(connection, ())
        with pytest.raises(sa.exc.DBAPIError, match="append-only"):
            connection.execute(sa.text(statement))


def test_the_permission_ends_with_its_transaction(county: Any) -> None:
    seq = _state(county, A, "2017-02-01", BAD)
    _erase(county)
    for _ in range(6):  # whichever connection of the pool it is
        with pytest.raises(sa.exc.DBAPIError, match="append-only"), county.store.engine.begin() as connection:
            connection.execute(sa.text("DELETE FROM filings WHERE seq = :seq"), {"seq": seq})
