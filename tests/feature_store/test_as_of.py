"""The as-of rule in SQL and over columns equals the reference, whatever is filed late, corrected or early."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feature_store.adapters.store import Moment
from feature_store.adapters.store import county as in_columns
from feature_store.as_of import latest
from feature_store.filing import Statement
from scoring.credit_file import MISSING

VILLAGES = ("411299101201", "411299101202", "411299102201")
HOUSEHOLDS = tuple(f"{village}-0001" for village in VILLAGES)
DAYS = tuple(date(2017, 3, day) for day in (1, 10, 20, 31))
AREAS = (("411299",), ("411299101",), ("411299102201",), ("411299101201", "411299102"))
# 'court' clears whom its complete lists do not name; 'social_security' does not.
CELLS = {
    "court": ("dishonest_debtor", ("", "none", "open", "2016-05-01")),
    "social_security": ("medical_insurance", ("", "paid", "unpaid")),
}

rows = st.dictionaries(
    st.sampled_from(HOUSEHOLDS),
    st.tuples(st.integers(0, 3), st.one_of(st.none(), st.sampled_from(DAYS))),
    max_size=3,
)
batches = st.lists(
    st.tuples(
        st.sampled_from(sorted(CELLS)), st.sampled_from(DAYS), st.one_of(st.none(), st.sampled_from(AREAS)), rows
    ),
    min_size=1,
    max_size=7,
)
moves = st.lists(st.tuples(st.sampled_from(HOUSEHOLDS), st.sampled_from(VILLAGES), st.sampled_from(DAYS)), max_size=2)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=batches, moves=moves)
def test_sql_and_columns_choose_what_the_reference_chooses(
    batches: list[Any], moves: list[Any], new_county: Callable[[], Any]
) -> None:
    county = new_county()
    county.register(dict(zip(HOUSEHOLDS, VILLAGES, strict=True)))
    # What the reference knows: statements with what each says.
    said: dict[tuple[str, str], dict[Statement, dict[str, str] | None]] = {}
    homes: dict[str, dict[Statement, str]] = {
        it: {Statement(date(2017, 1, 1), county.now, 0, 0): village}
        for it, village in zip(HOUSEHOLDS, VILLAGES, strict=True)
    }
    lists: list[tuple[str, Statement, tuple[str, ...], frozenset[str]]] = []
    seq = 0
    for household, village, day in moves:
        county.now += timedelta(days=1)
        row = [{"household_id": household, "village_code": village, "id_number": ""}]
        done = county.bring(county.write("households", row, observed_on=day.isoformat()))
        if done.outcome == "imported":
            homes[household][Statement(day, done.recorded_at, done.batch_no, 0)] = village
    for source, day, areas, cells in batches:
        county.now += timedelta(days=1)
        column, values = CELLS[source]
        written = []
        for household, (value, own_day) in cells.items():
            cell = {column: values[value % len(values)]}
            if areas is None and own_day is not None:
                cell["observed_on"] = own_day.isoformat()
            elif areas is None:
                cell["observed_on"] = ""
            written.append(county.filing(source, household, **cell))
        if not written:
            if areas is None or source != "court":
                continue
            names = county.filing(source, "")
            path = county.write(
                source, {name: [""] for name in names}, observed_on=day.isoformat(), coverage="complete", areas=areas
            )
        elif areas is None:
            path = county.write(source, written, observed_on=day.isoformat())
        else:
            path = county.write(source, written, observed_on=day.isoformat(), coverage="complete", areas=areas)
        done = county.bring(path)
        if done.outcome == "already":
            continue
        assert done.outcome == "imported", done.faults
        for household, (value, own_day) in cells.items():
            seq += 1
            on = own_day if areas is None and own_day is not None else day
            statement = Statement(on, done.recorded_at, done.batch_no, seq)
            said.setdefault((household, source), {})[statement] = {column: values[value % len(values)]}
        if areas is not None and source == "court":
            lists.append((source, Statement(day, done.recorded_at, done.batch_no, 0), areas, frozenset(cells)))

    end = county.now
    for known_at in (end, end - timedelta(days=2), datetime(2017, 4, 11, tzinfo=UTC)):
        for on in (DAYS[0], DAYS[1], date(2017, 4, 30)):
            columns = in_columns(county.store, on=on, known_at=known_at, policy=county.policy)
            for place, household in enumerate(columns.household_ids.tolist()):
                home = latest(homes[household], on=on, known_at=known_at)
                assert home is not None
                village = homes[household][home]
                with county.store.engine.begin() as connection:
                    moment = Moment(known_at, connection, county.store.layouts)
                    file = moment.credit_file(household, on=on, policy=county.policy)
                    assert file is not None
                    read = {name: (it.filing, it.batch) for name, it in file.sources.items()}
                    again = moment.credit_file_from(household, village_code=village, read=read, policy=county.policy)
                assert again == file
                assert file.village_code == village == columns.villages[place]
                for row, indicator in enumerate(county.policy.indicators):
                    assert file.codes.get(indicator.id, MISSING) == columns.codes[row, place]
                for index, source in enumerate(it.id for it in county.policy.sources):
                    statements = dict(said.get((household, source), {}))
                    for of, statement, areas, named in lists:
                        if of == source and household not in named and village.startswith(areas):
                            statements[statement] = None
                    chosen = latest(statements, on=on, known_at=known_at)
                    reported = file.sources.get(source)
                    if chosen is None:
                        assert reported is None
                        assert columns.observed[index, place] == 0
                        continue
                    assert reported is not None
                    assert (reported.observed_on, reported.batch) == (chosen.observed_on, chosen.batch_no)
                    assert (reported.filing is None) == (statements[chosen] is None)
                    assert columns.observed[index, place] == chosen.observed_on.toordinal()
                    assert columns.batch[index, place] == chosen.batch_no
                    assert columns.filing[index, place] == (reported.filing or 0)
                    column, _ = CELLS[source]
                    if statements[chosen] is None:
                        expected = county.code(column, "none")
                        assert all(
                            file.codes[it.id] == it.clear for it in county.policy.indicators if it.source == source
                        )
                    else:
                        expected = county.code(column, statements[chosen][column])
                    assert file.codes[column] == expected


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_late_old_filing_never_replaces_a_newer_one(county: Any, order: tuple[int, int]) -> None:
    filings = [("2017-01-31", "open"), ("2017-03-31", "none")]
    for index in order:
        county.now += timedelta(days=1)
        day, value = filings[index]
        county.file("court", [county.filing("court", HOUSEHOLDS[0], dishonest_debtor=value)], observed_on=day)
    with county.store.moment(lambda: county.now) as moment:
        file = moment.credit_file(HOUSEHOLDS[0], on=date(2017, 4, 30), policy=county.policy)
    assert file.codes["dishonest_debtor"] == county.code("dishonest_debtor", "none")


def test_a_fact_recorded_after_known_at_changes_nothing(county: Any) -> None:
    county.file("court", [county.filing("court", HOUSEHOLDS[0], dishonest_debtor="none")])
    with county.store.moment(lambda: county.now) as moment:
        known_at = moment.known_at
    before = in_columns(county.store, on=date(2017, 4, 30), known_at=known_at, policy=county.policy)
    county.file("court", [county.filing("court", HOUSEHOLDS[0], dishonest_debtor="open")])
    after = in_columns(county.store, on=date(2017, 4, 30), known_at=known_at, policy=county.policy)
    for name in ("codes", "observed", "filing", "batch", "valid_until"):
        assert np.array_equal(getattr(before, name), getattr(after, name))


def test_a_household_outside_every_batch_is_missing(county: Any) -> None:
    county.file("court", [county.filing("court", HOUSEHOLDS[0], dishonest_debtor="none")])
    with county.store.moment(lambda: county.now) as moment:
        assert moment.credit_file(HOUSEHOLDS[1], on=date(2017, 4, 30), policy=county.policy).codes == {}
        assert moment.credit_file("411299101201-9999", on=date(2017, 4, 30), policy=county.policy) is None
        assert moment.credit_file(HOUSEHOLDS[0], on=date(2016, 12, 31), policy=county.policy) is None
