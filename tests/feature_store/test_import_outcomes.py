"""What an import leaves behind: everything, the faultless rows, or nothing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from feature_store.adapters.recording import ClockBehind
from feature_store.sidecar import Stated
from scoring.credit_file import MISSING, NONE, OPEN

A, B, C = "411299101201-0001", "411299101202-0001", "411299102201-0001"


def file_of(county: Any, household: str) -> Any:
    with county.store.moment(lambda: county.now) as moment:
        return moment.credit_file(household, on=date(2017, 4, 30), policy=county.policy)


def test_the_same_file_twice_changes_nothing_and_says_so(county: Any) -> None:
    path = county.write("court", [county.filing("court", A, dishonest_debtor="none")])
    first, before = county.bring(path), county.count("filings")
    again = county.bring(path)
    assert (first.outcome, again.outcome) == ("imported", "already")
    assert again.batch_no == first.batch_no
    assert county.count("filings") == before


def test_an_unchanged_file_for_another_day_is_news_and_keeps_values_fresh(county: Any) -> None:
    path = county.write("court", [county.filing("court", A)])
    first = county.bring(path, stated=Stated(observed_on=date(2017, 2, 28)))
    later = county.bring(path)
    assert (first.outcome, later.outcome) == ("imported", "imported")
    assert file_of(county, A).sources["court"].observed_on == date(2017, 3, 31)
    assert county.bring(path).outcome == "already"


def test_a_complete_list_that_names_nobody_may_be_filed_quarter_after_quarter(county: Any) -> None:
    path = county.write("court", [county.filing("court", A)], coverage="complete", areas=[A[:12]])
    path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    for day in (date(2017, 1, 31), date(2017, 3, 31)):
        assert county.bring(path, stated=Stated(observed_on=day)).outcome == "imported"
        assert file_of(county, A).sources["court"].observed_on == day


def test_valid_rows_may_be_accepted_and_the_faults_are_still_reported(county: Any) -> None:
    rows = [county.filing("court", A, dishonest_debtor="none"), county.filing("court", B, dishonest_debtor="perhaps")]
    done = county.bring(county.write("court", rows), accept_valid_rows=True)
    assert (done.outcome, done.n_rows, len(done.faults)) == ("imported", 1, 1)
    assert file_of(county, B).codes == {}


def test_a_faulty_header_is_refused_even_then(county: Any) -> None:
    done = county.bring(county.write("court", [{"household_id": A}]), accept_valid_rows=True)
    assert done.outcome == "refused"


def test_a_faulty_row_of_a_complete_list_never_clears_its_household(county: Any) -> None:
    rows = [county.filing("court", A, dishonest_debtor="perhaps")]
    path = county.write("court", rows, coverage="complete")
    assert county.bring(path).outcome == "refused"
    assert county.bring(path, accept_valid_rows=True).outcome == "imported"
    assert set(file_of(county, A).codes.values()) == {MISSING}
    assert file_of(county, B).codes["dishonest_debtor"] == 0


def test_a_complete_list_with_a_household_that_cannot_be_told_is_refused_even_then(county: Any) -> None:
    rows = [county.filing("court", "411299101201-00O1", dishonest_debtor="open")]
    done = county.bring(county.write("court", rows, coverage="complete"), accept_valid_rows=True)
    assert done.outcome == "refused"


def test_an_empty_complete_list_clears_everybody_that_it_covers(county: Any) -> None:
    path = county.write("court", [county.filing("court", "")], coverage="complete", areas=["411299101"])
    assert county.bring(path).outcome == "imported"
    assert file_of(county, A).codes["dishonest_debtor"] == file_of(county, B).codes["dishonest_debtor"] == 0
    assert file_of(county, C).codes == {}


def test_unchanged_values_are_stored_once(county: Any) -> None:
    for day, value in [("2017-01-31", "none"), ("2017-02-28", "none"), ("2017-03-31", "open")]:
        row = county.filing("court", A, dishonest_debtor=value, observed_on=day)
        county.file("court", [row], observed_on=day)
    with county.store.engine.begin() as connection:
        rows = connection.execute(sa.text("SELECT same_as, codes IS NULL FROM filings ORDER BY seq")).all()
    assert [tuple(it) for it in rows] == [(None, False), (1, True), (None, False)]


@pytest.mark.parametrize("ending", ["csv", "parquet", "xlsx"])
def test_every_format_gives_the_same_codes(county: Any, ending: str) -> None:
    row = county.filing("village", A, respect_review="good", net_income_per_head_cny="-1200", evidence_id="证据-1",
                        assessor_1="王", assessor_2="李", valid_until="2018-03-31")  # fmt: skip
    county.file("village", [row], ending=ending)
    file = file_of(county, A)
    assert (file.codes["respect_review"], file.codes["net_income_per_head_cny"]) == (2, -1200)
    assert file.sources["village"].valid_until == date(2018, 3, 31)
    with county.store.engine.begin() as connection:
        texts = connection.execute(sa.text("SELECT evidence_id, assessor_1, assessor_2 FROM filings")).one()
    assert tuple(texts) == ("证据-1", "王", "李")


def test_recording_times_never_run_backwards_and_readers_see_what_is_recorded(county: Any) -> None:
    first = county.file("court", [county.filing("court", A)])
    county.now = first.recorded_at - timedelta(minutes=4)
    second = county.file("court", [county.filing("court", B)])
    assert second.recorded_at > first.recorded_at
    with county.store.moment(lambda: county.now) as moment:
        assert moment.known_at == second.recorded_at


def test_a_clock_far_behind_stops_imports_and_decisions(county: Any) -> None:
    first = county.file("court", [county.filing("court", A)])
    county.now = first.recorded_at - timedelta(minutes=6)
    with pytest.raises(ClockBehind, match="set the clock right"):
        county.file("court", [county.filing("court", B)])
    with pytest.raises(ClockBehind), county.store.moment(lambda: county.now):
        pass


def test_a_correction_can_be_taken_back_on_request(county: Any) -> None:
    path = county.write("court", [county.filing("court", A, dishonest_debtor="none")])
    county.bring(path)
    county.now += timedelta(days=1)
    county.file("court", [county.filing("court", A, dishonest_debtor="open")])
    county.now += timedelta(days=1)
    assert county.bring(path).outcome == "already"
    assert file_of(county, A).codes["dishonest_debtor"] == OPEN
    assert county.bring(path, again=True).outcome == "imported"
    assert file_of(county, A).codes["dishonest_debtor"] == NONE
    assert county.bring(path).outcome == "already"


def test_rows_left_out_may_follow_once_they_are_right(county: Any) -> None:
    late = A[:-4] + "7777"
    path = county.write("court", [county.filing("court", A), county.filing("court", late)])
    assert county.bring(path, accept_valid_rows=True).n_rows == 1
    county.now += timedelta(days=1)
    county.file("households", [{"household_id": late, "village_code": late[:12], "id_number": ""}])
    county.now += timedelta(days=1)
    assert county.bring(path).outcome == "imported"
    assert "court" in file_of(county, late).sources
    assert county.bring(path).outcome == "already"


def test_the_version_of_the_loan_book_follows_the_recording_not_the_batch_number(county: Any) -> None:
    with county.store.moment(lambda: county.now) as moment:
        before = moment.book_version()
    county.now += timedelta(days=1)
    loan = {"loan_id": "V1", "household_id": A, "bank": "RCU", "disbursed_on": "2017-01-05", "amount_cny": "1000"}
    done = county.file("loans", [loan | {"term_months": "12", "purpose": "planting"}])
    with county.store.moment(lambda: county.now) as moment:
        assert moment.book_version() == done.recorded_at != before


def test_a_bad_loan_that_later_months_leave_out_stays_in_the_book(county: Any) -> None:
    loan = {
        "bank": "RCU",
        "disbursed_on": "2016-01-05",
        "amount_cny": "50000",
        "term_months": "36",
        "purpose": "planting",
    }
    county.file("loans", [loan | {"loan_id": "C1", "household_id": A}, loan | {"loan_id": "C2", "household_id": B}])
    month = {"balance_cny": "40000", "days_past_due": "0"}
    rows = [
        month | {"loan_id": "C1", "month_end": f"2017-0{number}-{day}"} for number, day in ((1, 31), (2, 28), (3, 31))
    ]
    rows.append({"loan_id": "C2", "month_end": "2017-01-31", "balance_cny": "40000", "days_past_due": "120"})
    county.file("loan_months", rows)
    with county.store.moment(lambda: county.now) as moment:
        history = moment.area_history(A[:12], on=date(2017, 4, 30), policy=county.policy)
    months = history.month_ends[A[:12]] + (history.month_ends[B[:12]] if B[:12] != A[:12] else [])
    assert {day: sum(row[2] for row in months if row[0] == day) for day in {row[0] for row in months}} == {
        date(2017, 1, 31): 40000, date(2017, 2, 28): 40000, date(2017, 3, 31): 40000,
    }  # fmt: skip


def test_loans_and_month_ends_reach_the_area_history(county: Any) -> None:
    loan = {
        "household_id": A,
        "bank": "RCU",
        "disbursed_on": "2017-01-05",
        "amount_cny": "50000",
        "term_months": "12",
        "purpose": "planting",
    }
    county.file("loans", [loan | {"loan_id": "L1"}, loan | {"loan_id": "L2", "household_id": B}])
    month = {"month_end": "2017-03-31", "balance_cny": "40000.50", "days_past_due": "91"}
    county.file("loan_months", [month | {"loan_id": "L1"}, month | {"loan_id": "L2", "days_past_due": "90"}])
    with county.store.moment(lambda: county.now) as moment:
        before = moment.area_history("411299101201", on=date(2017, 4, 30), policy=county.policy)
    # A later statement of the same month corrects it from its recording on.
    county.file("loan_months", [month | {"loan_id": "L1", "balance_cny": "0", "days_past_due": "0"}])
    with county.store.moment(lambda: county.now) as moment:
        after = moment.area_history("411299101201", on=date(2017, 4, 30), policy=county.policy)
    (_, balance, bad, loans) = before.month_ends["411299101201"][0]
    assert (str(balance), str(bad), loans) == ("40000.50", "40000.50", 1)
    assert str(before.month_ends["411299101202"][0][2]) == "0"
    assert tuple(map(str, after.month_ends["411299101201"][0][1:])) == ("0.00", "0", "0")
