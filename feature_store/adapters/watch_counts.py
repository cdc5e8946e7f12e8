"""Counts of a quarter's decisions, overrides and answered objections, as known at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

_DAYS = "recorded_at AT TIME ZONE 'Asia/Shanghai'"
_DECISIONS = sa.text(
    f"SELECT count(*) FROM decisions d WHERE (d.{_DAYS})::date BETWEEN :first AND :last AND d.recorded_at <= :known_at"
)
_OVERRIDES = sa.text(f"""
    SELECT o.outcome, count(*) AS n FROM overrides o JOIN override_confirmations c USING (override_id)
    WHERE (c.{_DAYS})::date BETWEEN :first AND :last AND c.recorded_at <= :known_at GROUP BY o.outcome""")
_OBJECTIONS = sa.text(f"""
    SELECT count(*) AS answered, count(*) FILTER (WHERE d.outcome = 'corrected') AS upheld
    FROM objection_outcomes d
    WHERE (d.{_DAYS})::date BETWEEN :first AND :last AND d.recorded_at <= :known_at""")


@dataclass(frozen=True, slots=True)
class Counts:
    """decisions: made in the quarter. overrides: confirmed in it, by outcome. answered, upheld: objections."""

    decisions: int
    overrides: Mapping[str, int]
    answered: int
    upheld: int


def counts(connection: sa.Connection, *, first: date, last: date, known_at: datetime) -> Counts:
    """The counts of the days from ``first`` to ``last`` in the county, recorded by a time."""
    values = {"first": first, "last": last, "known_at": known_at}
    objections = connection.execute(_OBJECTIONS, values).one()
    return Counts(
        decisions=int(connection.execute(_DECISIONS, values).scalar_one()),
        overrides={row.outcome: int(row.n) for row in connection.execute(_OVERRIDES, values)},
        answered=int(objections.answered),
        upheld=int(objections.upheld),
    )
