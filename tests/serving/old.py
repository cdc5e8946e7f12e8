"""A county looked at years later, for the tests of what leaves: its answers and proofs as they were given."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from feature_store.filing import CIVIL_TIME
from serving.ledger.verify import Verified, verify
from tests.serving.served import Served

PEOPLE = {"by": "Zhang San", "second": "Li Si", "why": "yearly clearing"}
LATER = datetime(2022, 8, 1, 9, tzinfo=CIVIL_TIME)
"""More than five years after the second round's day, 2017-06-30."""


@dataclass
class Old:
    """A county with two rounds and some decisions, looked at years later. answers: as they were given, by household."""

    served: Served
    answers: dict[str, dict[str, Any]]
    proofs: dict[str, dict[str, Any]]

    def rows(self, query: str, **values: Any) -> list[Any]:
        """The rows of a query."""
        with self.served.parts.store.engine.connect() as connection:
            return list(connection.execute(sa.text(query), values).all())


def verified(old: Old) -> Verified:
    with old.served.parts.store.looking(LATER) as moment:
        return verify(moment.connection, old.served.parts.signer)


def contents(old: Old, kind: str) -> list[dict[str, Any]]:
    query = "SELECT content FROM log_contents JOIN log_entries USING (index) WHERE kind = :kind ORDER BY index"
    return [json.loads(bytes(it.content)) for it in old.rows(query, kind=kind)]


def loans_of(old: Old, loans: list[tuple[str, str, list[tuple[str, int]]]]) -> list[int]:
    """Put loans into the book: household, day of disbursement, month ends with balances; their numbers."""
    made = []
    with old.served.parts.store.engine.begin() as connection:
        batch = connection.execute(
            sa.text("SELECT max(batch_no) FROM batches WHERE recorded_at IS NOT NULL")
        ).scalar_one()
        for number, (household_id, day, months) in enumerate(loans):
            loan = connection.execute(sa.text("""
                INSERT INTO loans (loan_id, household_no, bank, disbursed_on, amount_cny, term_months, purpose, batch_no)
                SELECT :id, household_no, 'bank-a', CAST(:day AS date), 10000, 24, 'livestock', :batch FROM households
                WHERE household_id = :household RETURNING loan_no"""),
                {"id": f"made-{number}", "day": day, "batch": batch, "household": household_id}).scalar_one()  # fmt: skip
            for month, balance in months:
                connection.execute(
                    sa.text(
                        "INSERT INTO loan_months (batch_no, loan_no, month_end, balance_cny, days_past_due) VALUES (:b, :l, CAST(:m AS date), :x, 0)"
                    ),
                    {"b": batch, "l": loan, "m": month, "x": balance},
                )
            connection.execute(sa.text("INSERT INTO loan_schedules (batch_no, loan_no, due_on, due_cny) VALUES (:b, :l, CAST(:m AS date), 5)"), {"b": batch, "l": loan, "m": day})  # fmt: skip
            made.append(int(loan))
    return made
