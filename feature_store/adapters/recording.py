"""The moment at which facts become known: one lock, shared by readers, alone for whoever records.

A reader that fixes a ``known_at`` holds the lock in shared mode; a recorder holds it alone while it
takes its time and commits. So nothing can appear later with a recording time a reader has passed.
Times never run backwards: a clock that lags behind what is stored is overruled by a microsecond.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa

from feature_store.adapters.together import Asked, together
from scoring.errors import LushiError

_LOCK = 0x4C555348_4B4E4F57
"""Advisory lock key: 'LUSHKNOW' in ASCII."""
OF_LOAN_BOOKS = "source IN ('areas', 'households', 'loans', 'loan_months')"
"""The batches that a loan book rests on, besides the releases of areas."""
_SOURCE_LOCK = 0x4C555349
"""Advisory lock key: 'LUSI' in ASCII, with the source's hash beside it."""
_ONE_AT_A_TIME = sa.text("SELECT pg_advisory_xact_lock(:key, hashtext(:source))")
_ALONE = sa.text("SELECT pg_advisory_xact_lock(:key)")
# A reader that cannot have its moment in time says so instead of queueing without end; its queries are planned once.
_SHARED = Asked(
    "SELECT set_config('lock_timeout', '5s', true) AS patience,"
    " set_config('plan_cache_mode', 'force_generic_plan', true) AS plans, pg_advisory_xact_lock_shared(:key)"
)
# A statement of its own: its snapshot must be taken after the lock is held.
# The log's last entry stands for all: a decision, a consent, a change of clients. It is found by its key.
_GREATEST_KNOWN = Asked(f"""
    SELECT greatest(max(b.recorded_at), r.last, (SELECT recorded_at FROM log_entries ORDER BY index DESC LIMIT 1)) AS newest,
           greatest(max(b.recorded_at) FILTER (WHERE {OF_LOAN_BOOKS}), r.last) AS book, max(b.recorded_at) AS batches
    FROM batches b RIGHT JOIN (SELECT max(recorded_at) AS last FROM area_releases) r ON true GROUP BY r.last""")
_GREATEST = sa.text(
    "SELECT greatest((SELECT max(recorded_at) FROM batches), (SELECT max(recorded_at) FROM area_releases),"
    " (SELECT max(recorded_at) FROM decisions), (SELECT max(known_at) FROM register_runs),"
    " (SELECT recorded_at FROM log_entries ORDER BY index DESC LIMIT 1))"
)
_TICK = timedelta(microseconds=1)
MOST_LAG = timedelta(minutes=5)
"""A clock that lags less is overruled; one that lags more stops decisions instead of dating them wrongly."""


class Versions(NamedTuple):
    """When what others keep was last recorded; None where nothing was. book: what loan books rest on; batches: any batch."""

    book: datetime | None
    batches: datetime | None


def alone_with_source(connection: sa.Connection, source: str) -> None:
    """Nobody else imports or erases what a source stated until the transaction ends; taken before any other lock."""
    connection.execute(_ONE_AT_A_TIME, {"key": _SOURCE_LOCK, "source": source})


def fix_known_at(connection: sa.Connection, now: Callable[[], datetime]) -> datetime:
    """As :func:`fix_moment`, the time alone."""
    return fix_moment(connection, now)[0]


def fix_moment(connection: sa.Connection, now: Callable[[], datetime]) -> tuple[datetime, Versions]:
    """The knowledge time of a reader: now, or the last recording where the clock lags behind it; and what was recorded by then.

    Holds the lock in shared mode until the connection's transaction ends.
    """
    _, (found,) = together(connection, (_SHARED, {"key": _LOCK}), (_GREATEST_KNOWN, {}))
    return later(now(), found.newest), Versions(found.book, found.batches)


def take_recorded_at(connection: sa.Connection, now: Callable[[], datetime]) -> datetime:
    """A recording time after everything recorded or decided so far; the caller commits at once."""
    connection.execute(_ALONE, {"key": _LOCK})
    greatest: datetime | None = connection.execute(_GREATEST).scalar_one()
    return later(now(), None if greatest is None else greatest + _TICK)


def later(now: datetime, least: datetime | None) -> datetime:
    """``now``, but never before ``least``.

    Raises:
        ValueError: where the clock gives a time without a zone.
        ClockBehind: where the clock lags so far that it, or what was recorded before, is wrong.
    """
    if now.tzinfo is None:
        raise ValueError("the clock must give times with a zone; use aware UTC datetimes")
    if least is not None and least - now > MOST_LAG:
        raise ClockBehind(now, least)
    return now if least is None or now >= least else least


class ClockBehind(LushiError):
    """The clock stands before what is already recorded, by more than clocks disagree."""

    def __init__(self, now: datetime, least: datetime) -> None:
        super().__init__(
            f"the clock says {now.isoformat(timespec='seconds')}, but the store already holds facts recorded at "
            f"{least.isoformat(timespec='seconds')}; set the clock right (or LUSHI_NOW) and try again"
        )
