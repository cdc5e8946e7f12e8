"""A small county whose sources file late, correct themselves, leave households out and see them move."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np

from feature_store.adapters.point_in_time import Moments, PointInTime, point_in_time
from feature_store.adapters.sorted_statements import micros_of
from feature_store.adapters.store import Moment
from feature_store.feature_set import load_feature_set
from feature_store.filing import civil_day
from feature_store.vector import LoanAsked, LoanColumns, area_book, history_dates, purpose_codes, vector_of

VILLAGES = ("411299101201", "411299101202", "411299102201")
HOUSEHOLDS = tuple(f"{village}-{number:04}" for village in VILLAGES for number in (1, 2, 3))
QUARTERS = (date(2018, 3, 31), date(2018, 9, 30), date(2018, 12, 31), date(2019, 3, 31), date(2019, 5, 20))
MONTHS = (date(2019, 1, 31), date(2019, 2, 28), date(2019, 3, 31), date(2019, 4, 30))
AREAS = (("411299",), ("411299101",), ("411299101201", "411299102"))
CELLS = {
    "police": {"public_order_penalties": ("", "0", "1", "2"), "fighting": ("", "0", "3")},
    "traffic": {"serious_traffic_offences": ("", "0", "4")},
    "village": {"utility_arrears_months": ("", "0", "7"), "lavish_ceremonies": ("", "1")},
    "bank": {"late_1_30": ("", "0", "5"), "on_time_rate": ("", "97.5", "60"), "debt_income_ratio": ("", "12.5", "80")},
    "township": {"industry": ("", "pigs", "walnut"), "break_even": ("", "loss", "sound")},
}
CLEARING = ("police", "traffic")
FEATURES = load_feature_set()


@dataclass
class Filed:
    """The county, a seed's random choices, and how many rows were filed."""

    county: Any
    choose: random.Random
    rows: int = 0
    loans: list[tuple[str, str]] = field(default_factory=list)

    def begin(self) -> None:
        """Register everybody but the last household of each village, and give two loans to each of some."""
        self.county.now = self.county.now.replace(year=2019, month=1, day=10)
        first = [it for it in HOUSEHOLDS if not it.endswith("3")]
        self.county.register({it: it[:12] for it in first}, observed_on="2018-01-01")
        rows = []
        for number, household in enumerate(first * 2):
            rows.append(loan_row(f"L{number}", household, "2018-12-15"))
            self.loans.append((f"L{number}", household))
        self.county.file("loans", rows, observed_on="2018-12-31")

    def step(self) -> None:
        """One more file of some kind, recorded up to two weeks after the last one."""
        self.county.now += timedelta(days=self.choose.randint(0, 14), microseconds=1)
        kind = self.choose.choice(["filing"] * 6 + ["months"] * 3 + ["move"])
        {"filing": self._filing, "months": self._months, "move": self._move}[kind]()

    def _past(self, days: tuple[date, ...]) -> date:
        today = civil_day(self.county.now)
        return self.choose.choice([it for it in days if it <= today] or [min(days)])

    def _filing(self) -> None:
        source = self.choose.choice(sorted(CELLS))
        complete = source in CLEARING and self.choose.random() < 0.6
        registered = [it for it in HOUSEHOLDS if not it.endswith("3")]
        areas = self.choose.choice(AREAS)
        chosen = [it for it in registered if self.choose.random() < 0.5]
        rows = []
        for household in chosen:
            cells = {name: self.choose.choice(values) for name, values in CELLS[source].items()}
            rows.append(self.county.filing(source, household, **cells))
        how = {"coverage": "complete", "areas": areas} if complete else {}
        day = self._past(QUARTERS).isoformat()
        rows = rows or [self.county.filing(source, "")]
        self._bring(source, rows, observed_on=day, **how)

    def _months(self) -> None:
        day = self._past(MONTHS)
        chosen = [loan for loan, _ in self.loans if self.choose.random() < 0.6] or [self.loans[0][0]]
        values = [(it, self.choose.choice(["0", "1000", "2500.55"]), self.choose.choice(["0", "91"])) for it in chosen]
        rows = [
            {"loan_id": loan, "month_end": day.isoformat(), "balance_cny": balance, "days_past_due": days}
            for loan, balance, days in values
        ]
        self._bring("loan_months", rows, observed_on=day.isoformat())

    def _move(self) -> None:
        """A household moves, or one is registered for the first time."""
        row = {"household_id": self.choose.choice(HOUSEHOLDS), "village_code": self.choose.choice(VILLAGES)}
        day = self._past(QUARTERS).isoformat()
        self._bring("households", [{**row, "id_number": ""}], observed_on=day)

    def _bring(self, source: str, rows: list[dict[str, str]], **how: Any) -> None:
        done = self.county.bring(self.county.write(source, rows, **how))
        self.rows += done.n_rows


def loan_row(loan: str, household: str, day: str) -> dict[str, str]:
    """A row of the file of loans."""
    values = {"bank": "b", "disbursed_on": day, "amount_cny": "5000", "term_months": "12", "purpose": "planting"}
    return {"loan_id": loan, "household_id": household, **values}


def offline(county: Any, rows: list[tuple[str, date, Any]]) -> PointInTime:
    """The matrix of (household, day, knowledge time) rows, all asking for the same loan."""
    with county.store.engine.begin() as connection:
        numbers = dict(connection.exec_driver_sql("SELECT household_id, household_no FROM households").all())
        moments = Moments(
            np.array([numbers.get(household, 9_999) for household, _, _ in rows], np.int32),
            np.array([on.toordinal() for _, on, _ in rows], np.int32),
            np.array([micros_of(known_at) for _, _, known_at in rows], np.int64),
        )
        n = len(rows)
        loan = LoanColumns(np.full(n, 30_000.0), np.full(n, 24.0), purpose_codes(FEATURES, ["planting"] * n))
        return point_in_time(connection, moments, loan=loan, policy=county.policy, feature_set=FEATURES)


def online(county: Any, row: tuple[str, date, Any]) -> np.ndarray | None:
    """The vector that serving builds at that moment; None where it would know no such household."""
    household, on, known_at = row
    with county.store.engine.begin() as connection:
        moment = Moment(known_at, connection, county.store.layouts)
        now = moment.credit_file(household, on=on, policy=county.policy)
        if now is None:
            return None
        past = [moment.credit_file(household, on=day, policy=county.policy) for day in history_dates(on)]
        book = moment.village_book(now.village_code, on=on, policy=county.policy)
        return vector_of(
            FEATURES,
            county.policy,
            now=now,
            past=past,
            loan=LoanAsked(30_000.0, 24, "planting"),
            area=area_book(book),
            on=on,
        )[0]
