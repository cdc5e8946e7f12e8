"""Who is registered: the county's households and their villages on a day, as known at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

_HOUSEHOLDS = sa.text("""
    SELECT DISTINCT ON (r.household_no) r.household_no, h.household_id, r.village_code
    FROM registrations r JOIN batches b USING (batch_no) JOIN households h USING (household_no)
    WHERE r.observed_on <= :on AND b.recorded_at <= :known_at
    ORDER BY r.household_no, r.observed_on DESC, b.recorded_at DESC, r.seq DESC""")

_NUMBERS = sa.text(
    "SELECT household_id, household_no FROM households WHERE household_id = ANY(CAST(:household_ids AS text[]))"
)
_HOUSEHOLD = sa.text("""
    SELECT h.household_no, r.village_code
    FROM households h CROSS JOIN LATERAL (
        SELECT r.village_code FROM registrations r JOIN batches b USING (batch_no)
        WHERE r.household_no = h.household_no AND r.observed_on <= :on AND b.recorded_at <= :known_at
        ORDER BY r.observed_on DESC, b.recorded_at DESC, r.seq DESC LIMIT 1) r
    WHERE h.household_id = :household_id""")


@dataclass(frozen=True, slots=True)
class Registered:
    """A household on a day: its number in the store and its village."""

    household_no: int
    village_code: str


@dataclass(frozen=True, slots=True)
class People:
    """Every registered household as known at a moment, by household number.

    household_ids, villages: str (n_rows,); household_no: int32 (n_rows,), ascending.
    """

    household_ids: NDArray[Any]
    household_no: NDArray[np.int32]
    villages: NDArray[Any]


def registered(connection: sa.Connection, *, on: date, known_at: datetime) -> People:
    """Every household registered by a day as known at a time."""
    rows = connection.execute(_HOUSEHOLDS, {"on": on, "known_at": known_at}).all()
    return People(
        household_ids=np.array([row.household_id for row in rows], dtype=str),
        household_no=np.fromiter((row.household_no for row in rows), np.int32, len(rows)),
        villages=np.array([row.village_code for row in rows], dtype=str),
    )


def find(connection: sa.Connection, household_id: str, *, on: date, known_at: datetime) -> Registered | None:
    """A household registered by a day as known at a time; None where there is none."""
    values = {"household_id": household_id, "on": on, "known_at": known_at}
    row = connection.execute(_HOUSEHOLD, values).one_or_none()
    return None if row is None else Registered(row.household_no, row.village_code)


def numbers(connection: sa.Connection, household_ids: Sequence[str]) -> dict[str, int]:
    """The store's number of each of these households that is registered at all."""
    rows = connection.execute(_NUMBERS, {"household_ids": list(household_ids)})
    return {row.household_id: row.household_no for row in rows}
