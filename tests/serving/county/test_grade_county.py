"""The county's register: equal to grading one by one, with movement, shares and honours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path

import numpy as np
import polars
from rich.console import Console

from feature_store.filing import CIVIL_TIME
from feature_store.quarter import quarter_of
from scoring.assess import assess
from scoring.batch import STATUSES
from serving.commands.grade import show, write
from serving.county.grade_county import grade_county
from tests.serving.served import Served, import_round


def test_the_register_equals_grading_one_by_one_and_knows_the_last_quarter(
    make_county: Callable[[], Served], county_folder: Path, tmp_path: Path
) -> None:
    served = make_county()
    parts, on = served.parts, date(2017, 4, 20)
    first = grade_county(parts, on)
    assert first.quarter == "2017Q2"
    assert first.previous_quarter is None
    policy = parts.policies.in_force(on)
    with parts.store.moment(parts.clock.now) as moment:
        for number, household_id in enumerate(first.household_ids):
            file = moment.credit_file(str(household_id), on=on, policy=policy)
            assert file is not None
            found = assess(file, policy, on=on)
            assert STATUSES[first.status[number]] == found.settled.status
            assert first.score[number] == found.points.score
            assert first.grade[number] == (policy.grades.index(found.settled.grade) if found.settled.grade else -1)
    assert len(first.village_shares) == len({one.code for one in first.village_shares}) >= 19
    for village in first.village_shares:
        members = first.villages == village.code
        assert village.households == int(members.sum())
        assert village.graded == int((first.status[members] == 0).sum())
        assert village.credit_area == (village.households > 0 and village.graded * 100 >= 70 * village.households)
    for township in first.township_shares:
        assert township.credit_area == (township.credit_villages * 100 >= 65 * township.villages)

    import_round(parts, sorted(county_folder.iterdir())[1], served.clock)
    served.clock.moment = datetime.combine(date(2017, 7, 31), time(18), CIVIL_TIME)
    second = grade_county(parts, date(2017, 7, 31))
    assert second.previous_quarter == "2017Q2"
    known = {
        str(one): (int(s), int(g)) for one, s, g in zip(first.household_ids, first.status, first.grade, strict=True)
    }
    for household_id, status, grade in zip(
        second.household_ids, second.previous_status, second.previous_grade, strict=True
    ):
        assert known.get(str(household_id), (-1, -1)) == (int(status), int(grade))
    with parts.store.engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT count(*) FROM register WHERE run_no = %s", (second.run_no,)
        ).scalar_one()
    assert rows == len(second.household_ids)

    out = tmp_path / "register.parquet"
    write(second, out)
    written = polars.read_parquet(out)
    assert written.height == len(second.household_ids)
    assert set(written["quarter"]) == {"2017Q3"}
    console = Console(record=True, width=140)
    show(second, console)
    text = console.export_text()
    for words in ("2017Q3", "AAA+", "信用村", "2017Q2"):
        assert words in text


def test_a_quarter_is_named_by_its_days() -> None:
    days = [date(2017, month, 28) for month in range(1, 13)]
    assert [str(quarter_of(day))[-1] for day in days] == list("111222333444")


def test_grading_an_empty_county_is_no_error(tmp_path: Path) -> None:
    from serving.settings import read_settings
    from serving.wiring import wire

    parts = wire(read_settings({"LUSHI_DATA": str(tmp_path / "var"), "LUSHI_NOW": "2017-06-30T09:00:00+08:00"}))
    try:
        found = grade_county(parts, date(2017, 6, 30))
        assert len(found.household_ids) == 0
        show(found, Console(record=True))
        assert np.array_equal(found.status, found.grade)
    finally:
        parts.close()
