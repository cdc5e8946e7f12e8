"""Repayment schedules come in like everything else: faultless or not at all, and agreed anew by a later file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from feature_store.importing import ASIDE, files_in_order
from tests.feature_store.filed_at_random import loan_row


@pytest.fixture
def lent(county: Any) -> Any:
    """The county with one loan, L1."""
    county.file("loans", [loan_row("L1", "411299101201-0001", "2017-03-01")])
    return county


def due(day: str = "2018-03-01", cny: str = "5000", loan: str = "L1") -> dict[str, str]:
    return {"loan_id": loan, "due_on": day, "due_cny": cny}


def test_sums_due_are_stored_to_the_fen_also_on_days_to_come(lent: Any) -> None:
    lent.file("loan_schedules", [due("2017-09-01", "2500.55"), due("2018-03-01", "2499.45")])
    with lent.store.engine.begin() as connection:
        rows = connection.execute(sa.text("SELECT due_on, due_cny FROM loan_schedules ORDER BY seq")).all()
    assert [(day.isoformat(), str(cny)) for day, cny in rows] == [("2017-09-01", "2500.55"), ("2018-03-01", "2499.45")]


def test_a_schedule_agreed_anew_is_a_later_file_and_the_old_one_stays(lent: Any) -> None:
    lent.file("loan_schedules", [due()])
    lent.file("loan_schedules", [due(cny="2000"), due("2018-09-01", "3000")])
    assert lent.count("loan_schedules") == 3


@pytest.mark.parametrize(
    ("row", "column", "what"),
    [
        (due(loan="L9"), "loan_id", "not in the loan book"),
        (due(day="1.3.2018"), "due_on", "not a date"),
        (due(day=""), "due_on", "not a date"),
        (due(cny="-1"), "due_cny", "not a sum"),
        (due(cny="1.005"), "due_cny", "not a sum"),
        (due(), "due_on", "more than once"),
    ],
)
def test_a_faulty_row_refuses_the_file(lent: Any, row: dict[str, str], column: str, what: str) -> None:
    done = lent.bring(lent.write("loan_schedules", [due(), row]))
    assert done.outcome == "refused"
    assert any(fault.column == column and what in fault.what for fault in done.faults)
    assert lent.count("loan_schedules") == 0


def test_a_file_of_schedules_without_rows_is_refused(lent: Any) -> None:
    done = lent.bring(lent.write("loan_schedules", {"loan_id": [], "due_on": [], "due_cny": []}))
    assert done.outcome == "refused"


def test_schedules_come_after_the_loans_they_speak_of(new_county: Callable[[], Any], tmp_path: Path) -> None:
    county = new_county()
    for source in ("loan_schedules", "loan_months", "loans"):
        county.write(source, [due()])
    assert [path.name.split("-")[0] for path in files_in_order([tmp_path])] == [
        "loans",
        "loan_schedules",
        "loan_months",
    ]


def test_a_folder_set_aside_is_passed_over(county: Any) -> None:
    path = county.write("loans", [loan_row("L1", "411299101201-0001", "2017-03-01")])
    assert path in files_in_order([path.parent])
    (path.parent / ASIDE).touch()
    assert files_in_order([path.parent]) == []
