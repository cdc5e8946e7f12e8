"""Where what is held about a household came from: when it was recorded, on what evidence; and its loans."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa

from scoring.credit_file import Reported

_BATCHES = sa.text("SELECT batch_no, recorded_at FROM batches WHERE batch_no = ANY(:numbers)")
_EVIDENCE = sa.text("SELECT seq, evidence_id FROM filings WHERE seq = ANY(:seqs)")
_LOANS = sa.text("""
    SELECT l.loan_id, l.bank, l.disbursed_on, l.amount_cny, l.term_months, l.purpose, b.recorded_at
    FROM loans l JOIN batches b USING (batch_no)
    WHERE l.household_no = :household_no AND b.recorded_at <= :known_at ORDER BY l.disbursed_on, l.loan_id""")


@dataclass(frozen=True, slots=True)
class Origin:
    """When a source's statement was recorded, and the evidence it names (None: none)."""

    recorded_at: datetime
    evidence_id: str | None


@dataclass(frozen=True, slots=True)
class HeldLoan:
    """A loan of a household as its bank stated it."""

    loan_id: str
    bank: str
    disbursed_on: date
    amount_cny: Decimal
    term_months: int
    purpose: str
    recorded_at: datetime


def origins(connection: sa.Connection, sources: Mapping[str, Reported]) -> dict[str, Origin]:
    """The origin of each source's statement in a credit file."""
    batches = [one.batch for one in sources.values()]
    seqs = [one.filing for one in sources.values() if one.filing is not None]
    recorded = {row.batch_no: row.recorded_at for row in connection.execute(_BATCHES, {"numbers": batches})}
    evidence = {row.seq: row.evidence_id for row in connection.execute(_EVIDENCE, {"seqs": seqs})}
    return {
        name: Origin(recorded[one.batch], evidence.get(one.filing) if one.filing is not None else None)
        for name, one in sources.items()
    }


def loans(connection: sa.Connection, household_no: int, *, known_at: datetime) -> list[HeldLoan]:
    """A household's loans as known at a time, oldest first."""
    rows = connection.execute(_LOANS, {"household_no": household_no, "known_at": known_at})
    return [HeldLoan(*row) for row in rows]
