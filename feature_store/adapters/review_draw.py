"""A stratified random sample of decisions, drawn in the database so that anybody can draw it again from its seed.

Within a stratum decisions stand in the order of SHA-256 of ``seed:decision id``; the first ones are drawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa

from feature_store.filing import CIVIL_TIME

Stratum = Literal["grade", "township", "bank", "month"]
_WITHIN = """
    FROM decisions d LEFT JOIN log_contents c ON c.index = d.entry_no
    WHERE d.recorded_at >= :begin AND d.recorded_at < :end AND d.recorded_at <= :drawn_at AND :tenant IN ('', d.tenant)"""
_COUNT = sa.text(f"SELECT count(*) {_WITHIN}")
_DRAW = sa.text(f"""
    WITH within AS (
        SELECT d.decision_id, d.tenant, d.recorded_at, CAST(convert_from(c.content, 'UTF8') AS jsonb) AS said {_WITHIN}),
    frame AS (
        SELECT decision_id, CASE :by
            WHEN 'grade' THEN coalesce(said->'binding'->>'grade', said->'binding'->>'status', 'erased')
            WHEN 'township' THEN coalesce(left(said->>'village_code', 9), 'erased')
            WHEN 'bank' THEN coalesce(tenant, 'unknown')
            ELSE to_char(recorded_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM') END AS stratum
        FROM within WHERE :area = '' OR starts_with(said->>'village_code', :area)),
    ordered AS (
        SELECT stratum, decision_id, count(*) OVER (PARTITION BY stratum) AS many, row_number() OVER (
            PARTITION BY stratum
            ORDER BY sha256(convert_to(:seed || ':' || CAST(decision_id AS text), 'UTF8'))) AS place
        FROM frame)
    SELECT stratum, decision_id, many,
        (SELECT count(*) FROM frame) AS frame_count,
        (SELECT encode(sha256(convert_to(string_agg(CAST(decision_id AS text), chr(10) ORDER BY CAST(decision_id AS text) COLLATE "C"), 'UTF8')), 'hex')
         FROM frame) AS frame_sha256
    FROM ordered WHERE place <= :most ORDER BY stratum COLLATE "C", place""")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is drawn from: decisions of these days (both inclusive), of a bank and an area ('' for all), and how.

    per_stratum: most decisions of each stratum.
    """

    stratified_by: Stratum
    first_day: date
    last_day: date
    tenant: str
    area_code: str
    per_stratum: int
    seed: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """A sample: (stratum, decision) in order. strata: how many could be drawn, by stratum. frame_sha256: of all ids that could."""

    sample: tuple[tuple[str, UUID], ...]
    strata: Mapping[str, int]
    frame_count: int
    frame_sha256: str


def count(connection: sa.Connection, asked: Asked, drawn_at: datetime) -> int:
    """How many decisions lie in the days and the bank that are asked for, whatever their area."""
    return int(connection.execute(_COUNT, _values(asked, drawn_at)).scalar_one())


def draw(connection: sa.Connection, asked: Asked, drawn_at: datetime) -> Drawn:
    """Draw from the decisions recorded by a time; nothing is recorded. An empty sample where there are none."""
    rows = connection.execute(_DRAW, _values(asked, drawn_at)).all()
    return Drawn(
        sample=tuple((row.stratum, row.decision_id) for row in rows),
        strata={row.stratum: int(row.many) for row in rows},
        frame_count=int(rows[0].frame_count) if rows else 0,
        frame_sha256=str(rows[0].frame_sha256) if rows else "",
    )


def _values(asked: Asked, drawn_at: datetime) -> dict[str, Any]:
    begin = datetime(asked.first_day.year, asked.first_day.month, asked.first_day.day, tzinfo=CIVIL_TIME)
    after = asked.last_day + timedelta(days=1)
    return {
        "begin": begin,
        "end": datetime(after.year, after.month, after.day, tzinfo=CIVIL_TIME),
        "drawn_at": drawn_at,
        "tenant": asked.tenant,
        "area": asked.area_code,
        "by": asked.stratified_by,
        "seed": asked.seed,
        "most": asked.per_stratum,
    }
