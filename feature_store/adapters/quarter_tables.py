"""The steps of quarters as they were recorded: appended once, never changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import BYTEA

from feature_store.adapters.fact_tables import WHEN, metadata

quarter_steps = sa.Table(
    "quarter_steps",
    metadata,
    sa.Column("quarter", sa.Text, primary_key=True),
    sa.Column("step", sa.Text, primary_key=True),
    sa.Column("result", BYTEA, nullable=False, comment="canonical JSON"),
    sa.Column("sha256", sa.Text, nullable=False, comment="of the result"),
    sa.Column("recorded_at", WHEN, nullable=False),
)


@dataclass(frozen=True, slots=True)
class RecordedStep:
    """A step of a quarter with its result as canonical JSON, that result's SHA-256, and when it was recorded."""

    step: str
    result: bytes
    sha256: str
    recorded_at: datetime


def recorded(connection: sa.Connection, quarter: str) -> dict[str, RecordedStep]:
    """The recorded steps of a quarter by name, oldest first."""
    query = sa.select(quarter_steps).where(quarter_steps.c.quarter == quarter)
    rows = connection.execute(query.order_by(quarter_steps.c.recorded_at, quarter_steps.c.step))
    return {row.step: RecordedStep(row.step, bytes(row.result), row.sha256, row.recorded_at) for row in rows}


def record(connection: sa.Connection, quarter: str, step: RecordedStep) -> None:
    """Append a step.

    Raises:
        sqlalchemy.exc.IntegrityError: where the quarter has that step already.
    """
    values = {name: getattr(step, name) for name in step.__slots__}
    connection.execute(quarter_steps.insert(), {"quarter": quarter} | values)
