"""Loan balances by village and month end, and the releases that people signed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

import sqlalchemy as sa

from feature_store.adapters.recording import OF_LOAN_BOOKS, take_recorded_at
from feature_store.areas import Release
from scoring.policy.lending import LoanClass

MonthRow = tuple[date, Decimal, Decimal, int]
"""(month_end, balance_cny, bad_balance_cny, loans with a balance)"""

# A loan counts where its household is registered on the day asked for; of a month's statements the one
# recorded last counts. A loan that a later month leaves out while it still has a balance is carried forward
# as last stated: silence about a bad loan must not make a village good. Only who was ever registered in the area is looked at.
_MONTH_ENDS = """
    WITH home AS MATERIALIZED (
        SELECT DISTINCT ON (r.household_no) r.household_no, r.village_code
        FROM registrations r JOIN batches b USING (batch_no)
        WHERE r.observed_on <= :on AND b.recorded_at <= :known_at
          AND r.household_no IN (SELECT household_no FROM registrations WHERE starts_with(village_code, :within))
        ORDER BY r.household_no, r.observed_on DESC, b.recorded_at DESC, r.seq DESC),
    known AS (
        SELECT DISTINCT ON (m.loan_no, m.month_end)
               m.loan_no, {key} AS key, m.month_end, m.balance_cny, m.days_past_due
        FROM home JOIN loans l USING (household_no) JOIN loan_months m USING (loan_no)
             JOIN batches b ON b.batch_no = m.batch_no
        WHERE starts_with(home.village_code, :within) AND m.month_end <= :on
          AND b.recorded_at <= :known_at
        ORDER BY m.loan_no, m.month_end, b.recorded_at DESC, m.seq DESC),
    months AS (SELECT DISTINCT month_end FROM known),
    stated AS (
        SELECT known.*, lead(month_end, 1, CAST('infinity' AS date)) OVER (PARTITION BY loan_no ORDER BY month_end) AS next_end
        FROM known),
    book AS (
        SELECT key, month_end, balance_cny, days_past_due FROM stated
        UNION ALL
        SELECT s.key, m.month_end, s.balance_cny, s.days_past_due
        FROM stated s JOIN months m ON m.month_end > s.month_end AND m.month_end < s.next_end
        WHERE :carried AND s.balance_cny > 0 AND s.next_end > s.month_end + 31)
    SELECT key, month_end, sum(balance_cny) AS balance_cny,
           coalesce(sum(balance_cny) FILTER (WHERE days_past_due >= :bad_days), 0) AS bad_balance_cny,
           count(*) FILTER (WHERE balance_cny > 0) AS n_loans
    FROM book GROUP BY key, month_end ORDER BY key, month_end"""
_KEYS = {"village": "home.village_code", "township": "left(home.village_code, 9)", "bank": "l.bank"}
_MONTH_ENDS_BY = {by: sa.text(_MONTH_ENDS.replace("{key}", key)) for by, key in _KEYS.items()}
_VILLAGES = sa.text("""
    SELECT code FROM areas JOIN batches USING (batch_no)
    WHERE kind = 'village' AND starts_with(code, :within) AND recorded_at <= :known_at ORDER BY code""")
# Recording times are unique and only rise, so the greatest one changes with every recording.
_VERSION = sa.text(f"""
    SELECT greatest(
        (SELECT max(recorded_at) FROM batches WHERE {OF_LOAN_BOOKS} AND recorded_at <= :known_at),
        (SELECT max(recorded_at) FROM area_releases WHERE recorded_at <= :known_at))""")
_RELEASES = sa.text("""
    SELECT area_code, signed_on, "by", second, why, recorded_at FROM area_releases
    WHERE signed_on <= :on AND recorded_at <= :known_at AND starts_with(area_code, :within)
    ORDER BY area_code, signed_on, seq""")
_SIGN = sa.text("""
    INSERT INTO area_releases (area_code, signed_on, "by", second, why, recorded_at)
    VALUES (:area_code, :signed_on, :by, :second, :why, :recorded_at)""")


def month_ends(
    connection: sa.Connection,
    *,
    on: date,
    known_at: datetime,
    classes: Sequence[LoanClass],
    within: str = "",
    by: Literal["village", "township", "bank"] = "village",
    carried: bool = True,
) -> dict[str, list[MonthRow]]:
    """Village code to its month ends, oldest first, for every village whose code begins with ``within``.

    carried: whether a loan that a month leaves out is carried forward; False gives the book as it was stated.
    by: whose books: each village's, each township's (all its villages' together), or each bank's.

    classes: the policy's loan classes; a balance is bad from the least days of a bad class on.
    """
    bad_days = min((it.at_least_days for it in classes if it.bad), default=2**31 - 1)
    asked = {"on": on, "known_at": known_at, "within": within, "bad_days": bad_days, "carried": carried}
    found: dict[str, list[MonthRow]] = {}
    for row in connection.execute(_MONTH_ENDS_BY[by], asked):
        found.setdefault(row.key, []).append(
            (row.month_end, row.balance_cny, Decimal(row.bad_balance_cny), row.n_loans)
        )
    return found


def villages(connection: sa.Connection, *, known_at: datetime, within: str) -> list[str]:
    """Every village known by then whose code begins with ``within``, also those without loans, ascending."""
    return list(connection.execute(_VILLAGES, {"known_at": known_at, "within": within}).scalars())


def book_version(connection: sa.Connection, *, known_at: datetime) -> datetime | None:
    """When something that area states rest on was last recorded; None where nothing was."""
    found: datetime | None = connection.execute(_VERSION, {"known_at": known_at}).scalar_one()
    return found


def releases(connection: sa.Connection, *, on: date, known_at: datetime, within: str = "") -> list[Release]:
    """The releases signed and recorded by then, in order of area and day."""
    rows = connection.execute(_RELEASES, {"on": on, "known_at": known_at, "within": within})
    return [Release(*row) for row in rows]


def sign_release(
    connection: sa.Connection,
    area_code: str,
    *,
    signed_on: date,
    by: str,
    second: str,
    why: str,
    now: Callable[[], datetime],
) -> Release:
    """Record that two people release a stopped area; the caller commits at once.

    Raises:
        sqlalchemy.exc.IntegrityError: where both are the same person or the area is unknown.
    """
    recorded_at = take_recorded_at(connection, now)
    release = Release(area_code, signed_on, by.strip(), second.strip(), why.strip(), recorded_at)
    values = {name: getattr(release, name) for name in release.__slots__}
    connection.execute(_SIGN, values)
    return release
