"""The as-of rule in SQL and over columns equals the reference, whatever is filed late, corrected or early."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from feature_store.adapters.read_county import County
from feature_store.adapters.store import Moment
from feature_store.adapters.store import county as in_columns
from feature_store.as_of import latest
from feature_store.filing import Statement
from scoring.credit_file import MISSING, CreditFile

VILLAGES = ("411299101201", "411299101202", "411299102201")
HOUSEHOLDS = tuple(f"{village}-0001" for village in VILLAGES)
DAYS = tuple(date(2017, 3, day) for day in (1, 10, 20, 31))
AREAS = (("411299",), ("411299101",), ("411299102201",), ("411299101201", "411299102"))
# 'court' clears whom its complete lists do not name; 'social_security' does not.
CELLS = {
    "court": ("dishonest_debtor", ("", "none", "open", "2016-05-01")),
    "social_security": ("medical_insurance", ("", "paid", "unpaid")),
}

# Shrinking would import files for minutes; the failing example is short enough as it is.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)

rows = st.dictionaries(
    st.sampled_from(HOUSEHOLDS),
    st.tuples(st.integers(0, 2), st.one_of(st.none(), st.sampled_from(DAYS))),
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


class Told:
    """What the reference knows: everything ever stated, with its place on both axes."""

    def __init__(self, county: Any) -> None:
        county.register(dict(zip(HOUSEHOLDS, VILLAGES, strict=True)))
        self.county = county
        self.seq = 0
        self.homes: dict[str, dict[Statement, str]] = {
            household: {Statement(date(2017, 1, 1), county.now, 0, 0): village}
            for household, village in zip(HOUSEHOLDS, VILLAGES, strict=True)
        }
        self.filed: dict[tuple[str, str], dict[Statement, str]] = {}
        self.lists: list[tuple[Statement, tuple[str, ...], set[str]]] = []

    def move(self, household: str, village: str, day: date) -> None:
        self.county.now += timedelta(days=1)
        row = [{"household_id": household, "village_code": village, "id_number": ""}]
        done = self.county.bring(self.county.write("households", row, observed_on=day.isoformat()))
        if done.outcome == "imported":
            self.homes[household][Statement(day, done.recorded_at, done.batch_no, 0)] = village

    def file(self, source: str, day: date, areas: tuple[str, ...] | None, cells: dict[str, Any]) -> None:
        county, column, values = self.county, *CELLS[source]
        county.now += timedelta(days=1)
        how = {"coverage": "complete", "areas": areas} if areas else {"coverage": "listed"}
        rows = []
        for household, (value, own_day) in cells.items():
            own = {} if areas else {"observed_on": own_day.isoformat() if own_day else ""}
            rows.append(county.filing(source, household, **{column: values[value]}, **own))
        rows = rows or [county.filing(source, "")]
        done = county.bring(county.write(source, rows, observed_on=day.isoformat(), **how))
        silence_counts = areas is not None and source == "court"
        if done.outcome == "already" or not (cells or silence_counts):
            return
        assert done.outcome == "imported", done.faults
        for household, (value, own_day) in cells.items():
            self.seq += 1
            on = own_day if own_day and not areas else day
            statement = Statement(on, done.recorded_at, done.batch_no, self.seq)
            self.filed.setdefault((household, source), {})[statement] = values[value]
        if silence_counts:
            self.lists.append((Statement(day, done.recorded_at, done.batch_no, 0), areas, set(cells)))

    def home(self, household: str, *, on: date, known_at: datetime) -> str:
        chosen = latest(self.homes[household], on=on, known_at=known_at)
        assert chosen is not None
        return self.homes[household][chosen]

    def chosen(self, household: str, source: str, *, on: date, known_at: datetime) -> tuple[Statement, str] | None:
        """The statement that counts and what it says; a silent list says 'none' of everything."""
        village = self.home(household, on=on, known_at=known_at)
        statements = dict(self.filed.get((household, source), {}))
        if source == "court":
            silent = [it for it, areas, named in self.lists if household not in named and village.startswith(areas)]
            statements |= dict.fromkeys(silent, "none")
        statement = latest(statements, on=on, known_at=known_at)
        return None if statement is None else (statement, statements[statement])


@settings(max_examples=40, deadline=None, phases=PHASES, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=batches, moves=moves)
def test_sql_and_columns_choose_what_the_reference_chooses(
    batches: list[Any], moves: list[Any], new_county: Callable[[], Any]
) -> None:
    told = Told(new_county())
    for move in moves:
        told.move(*move)
    for batch in batches:
        told.file(*batch)
    end = told.county.now
    first = datetime(2017, 4, 11, tzinfo=UTC)
    for known_at in (end, max(first, end - timedelta(days=2)), first):
        for on in (DAYS[0], DAYS[1], date(2017, 4, 30)):
            check_moment(told, on=on, known_at=known_at)


def check_moment(told: Told, *, on: date, known_at: datetime) -> None:
    county = told.county
    columns = in_columns(county.store, on=on, known_at=known_at, policy=county.policy)
    assert columns.household_ids.tolist() == list(HOUSEHOLDS)
    with county.store.engine.begin() as connection:
        moment = Moment(known_at, connection, county.store.layouts)
        for place, household in enumerate(HOUSEHOLDS):
            file = moment.credit_file(household, on=on, policy=county.policy)
            assert file is not None
            village = told.home(household, on=on, known_at=known_at)
            assert file.village_code == village == columns.villages[place]
            read = {name: (it.filing, it.batch) for name, it in file.sources.items()}
            assert moment.credit_file_from(household, village_code=village, read=read, policy=county.policy) == file
            for row, indicator in enumerate(county.policy.indicators):
                assert file.codes.get(indicator.id, MISSING) == columns.codes[row, place]
            for index, source in enumerate(county.policy.sources):
                chosen = told.chosen(household, source.id, on=on, known_at=known_at)
                check_source(county, file, columns, (index, place), chosen)


def check_source(county: Any, file: CreditFile, columns: County, at: tuple[int, int], chosen: Any) -> None:
    source = county.policy.sources[at[0]].id
    reported = file.sources.get(source)
    if chosen is None:
        assert reported is None
        assert columns.observed[at] == columns.batch[at] == columns.filing[at] == 0
        return
    statement, says = chosen
    assert reported is not None
    assert (reported.observed_on, reported.batch) == (statement.observed_on, statement.batch_no)
    assert (reported.filing is None) == (statement.seq == 0)
    assert columns.observed[at] == statement.observed_on.toordinal()
    assert columns.batch[at] == statement.batch_no
    assert columns.filing[at] == (reported.filing or 0)
    assert file.codes[CELLS[source][0]] == county.code(CELLS[source][0], says)
    if statement.seq == 0:
        assert all(file.codes[it.id] == it.clear for it in county.policy.indicators if it.source == source)


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
