"""How many households a run of the register found in each village, by status and grade: recorded with the run, read for a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from feature_store.adapters.fact_tables import metadata

register_counts = sa.Table(
    "register_counts",
    metadata,
    sa.Column("run_no", sa.Integer, sa.ForeignKey("register_runs.run_no"), primary_key=True),
    sa.Column("village_code", sa.Text, primary_key=True),
    sa.Column("status", sa.SmallInteger, primary_key=True),
    sa.Column("grade", sa.SmallInteger, primary_key=True, comment="position in the policy's grades; -1 none"),
    sa.Column("households", sa.Integer, nullable=False),
    sa.Column("filed", sa.Integer, comment="of them: a source filed about it; empty where it was not counted"),
    sa.Column("poor", sa.Integer, comment="of them: on the poverty register; empty where it was not counted"),
)

_RUNS = sa.text("""
    SELECT DISTINCT ON (quarter) run_no, quarter, on_date, policy_id, policy_sha256, known_at
    FROM register_runs WHERE recorded_at <= :known_at
    ORDER BY quarter DESC, run_no DESC LIMIT :most""")
_COUNTS = sa.text("""
    SELECT village_code, status, grade, households, filed, poor FROM register_counts
    WHERE run_no = :run_no AND starts_with(village_code, :within) ORDER BY village_code, status, grade""")
_TOTALS = sa.text("""
    SELECT run_no, '' AS village_code, status, grade, sum(households) AS households, sum(filed) AS filed, sum(poor) AS poor
    FROM register_counts WHERE run_no = ANY(:runs) AND starts_with(village_code, :within)
    GROUP BY run_no, status, grade ORDER BY run_no, status, grade""")


@dataclass(frozen=True, slots=True)
class CountedRun:
    """One grading of the county: the newest of its quarter."""

    run_no: int
    quarter: str
    on: date
    policy_id: str
    policy_sha256: str
    known_at: datetime


@dataclass(frozen=True, slots=True)
class Count:
    """Households of a village with the same status and grade. filed, poor: of them; None where it was not counted."""

    village_code: str
    status: int
    grade: int
    households: int
    filed: int | None
    poor: int | None


def write_counts(connection: sa.Connection, run_no: int, counts: Sequence[Count]) -> None:
    """Append a run's counts, in the transaction that writes its rows."""
    if counts:
        rows = [{"run_no": run_no} | {name: getattr(one, name) for name in one.__slots__} for one in counts]
        connection.execute(register_counts.insert(), rows)


def newest_runs(connection: sa.Connection, *, known_at: datetime, most: int) -> list[CountedRun]:
    """The newest run of each of the newest quarters, newest first."""
    rows = connection.execute(_RUNS, {"known_at": known_at, "most": most})
    return [CountedRun(*row) for row in rows]


def counts_of(connection: sa.Connection, run_no: int, *, within: str) -> list[Count]:
    """A run's counts of every village whose code begins with ``within``."""
    return [Count(*row) for row in connection.execute(_COUNTS, {"run_no": run_no, "within": within})]


def totals_of(connection: sa.Connection, runs: Sequence[int], *, within: str) -> dict[int, list[Count]]:
    """Run to its counts over all villages whose code begins with ``within`` together."""
    found: dict[int, list[Count]] = {}
    for run_no, *row in connection.execute(_TOTALS, {"runs": list(runs), "within": within}):
        found.setdefault(run_no, []).append(Count(*row))
    return found
