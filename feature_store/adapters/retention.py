"""What has been kept for its time: found, and erased, some at a time.

History is append-only for everybody else: the triggers let rows of ``filings`` and of the loan book go only in a transaction that says so
(:func:`allowed`), and what was erased leaves its number in ``erased_facts``, so that a replay can say why it cannot repeat a decision.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa

from feature_store.adapters.recording import alone_with_source
from feature_store.filing import CIVIL_TIME

_ALLOW = sa.text("SELECT set_config('lushi.retention', 'on', true)")
# Superseded: a later statement of the same source says something else, or a later complete list over the village does not name the household.
_SUPERSEDED = sa.text("""
    SELECT f.seq, f.observed_on, coalesce(f.codes, c.codes) AS codes, b.indicators
    FROM filings f JOIN batches b USING (batch_no) JOIN sources s ON s.source_no = f.source
         LEFT JOIN filings c ON c.seq = f.same_as
    WHERE f.seq > :after AND f.observed_on <= :cutoff AND s.source = :source AND (
        EXISTS (
            SELECT FROM filings g JOIN batches gb USING (batch_no) LEFT JOIN filings gc ON gc.seq = g.same_as
            WHERE g.household_no = f.household_no AND g.source = f.source AND g.observed_on <= :cutoff
              AND (g.observed_on, gb.recorded_at, g.seq) > (f.observed_on, b.recorded_at, f.seq)
              AND (gb.indicators, coalesce(g.codes, gc.codes)) IS DISTINCT FROM (b.indicators, coalesce(f.codes, c.codes)))
        OR :clears AND EXISTS (
            SELECT FROM batches l CROSS JOIN LATERAL (
                SELECT r.village_code FROM registrations r JOIN batches rb USING (batch_no)
                WHERE r.household_no = f.household_no AND r.observed_on <= l.observed_on
                ORDER BY r.observed_on DESC, rb.recorded_at DESC, r.seq DESC LIMIT 1) home
            WHERE l.source = :source AND l.coverage = 'complete' AND l.observed_on <= :cutoff
              AND (l.observed_on, l.recorded_at) > (f.observed_on, b.recorded_at)
              AND EXISTS (SELECT FROM unnest(l.areas) AS area WHERE starts_with(home.village_code, area))
              AND NOT EXISTS (SELECT FROM filings g WHERE g.household_no = f.household_no AND g.source = f.source
                              AND g.batch_no = l.batch_no)))
    ORDER BY f.seq LIMIT :most""")
# Of the statements that remain and have their codes in one that goes, the oldest takes the codes over.
_HEIRS = sa.text("""
    SELECT d.seq AS holder, min(f.seq) AS heir FROM filings d
    JOIN filings f ON f.household_no = d.household_no AND f.source = d.source AND f.same_as = d.seq
    WHERE d.seq = ANY(:seqs) AND f.seq <> ALL(:seqs) GROUP BY d.seq""")
_REPOINT = sa.text("""
    UPDATE filings f SET same_as = it.heir
    FROM unnest(CAST(:holders AS bigint[]), CAST(:heirs AS bigint[])) AS it (holder, heir), filings d
    WHERE d.seq = it.holder AND f.household_no = d.household_no AND f.source = d.source AND f.same_as = it.holder AND f.seq <> it.heir
      AND f.seq <> ALL(:seqs)""")
_INHERIT = sa.text("""
    UPDATE filings f SET codes = d.codes, same_as = NULL
    FROM unnest(CAST(:holders AS bigint[]), CAST(:heirs AS bigint[])) AS it (holder, heir), filings d
    WHERE d.seq = it.holder AND f.seq = it.heir""")
_CLOSED = sa.text("""
    SELECT l.loan_no, last.month_end, home.village_code
    FROM loans l
    CROSS JOIN LATERAL (
        SELECT m.month_end, m.balance_cny FROM loan_months m JOIN batches b USING (batch_no) WHERE m.loan_no = l.loan_no
        ORDER BY m.month_end DESC, b.recorded_at DESC, m.seq DESC LIMIT 1) last
    CROSS JOIN LATERAL (
        SELECT r.village_code FROM registrations r JOIN batches b USING (batch_no) WHERE r.household_no = l.household_no
        ORDER BY r.observed_on DESC, b.recorded_at DESC, r.seq DESC LIMIT 1) home
    WHERE last.balance_cny = 0 AND last.month_end <= :cutoff ORDER BY l.loan_no""")
_DECIDED = sa.text("""
    SELECT d.entry_no, d.recorded_at
    FROM decisions d JOIN log_contents c ON c.index = d.entry_no
    CROSS JOIN LATERAL (
        SELECT max(last.month_end) AS last_end, bool_or(last.balance_cny IS NULL OR last.balance_cny > 0) AS running
        FROM loans l LEFT JOIN LATERAL (
            SELECT m.month_end, m.balance_cny FROM loan_months m JOIN batches b USING (batch_no) WHERE m.loan_no = l.loan_no
            ORDER BY m.month_end DESC, b.recorded_at DESC, m.seq DESC LIMIT 1) last ON true
        WHERE l.household_no = d.household_no AND l.disbursed_on >= (d.recorded_at AT TIME ZONE 'UTC' + interval '8 hours')::date) loan
    WHERE d.entry_no > :after AND d.recorded_at < :until AND coalesce(loan.last_end <= :cutoff, true) AND NOT coalesce(loan.running, false)
      AND (CAST(:household_no AS integer) IS NULL OR d.household_no = :household_no)
    ORDER BY d.entry_no LIMIT :most""")
_ABOUT = sa.text("""
    SELECT e.index AS entry_no, e.kind, e.recorded_at FROM log_entries e JOIN log_contents c USING (index)
    WHERE e.kind <> 'decision' AND convert_from(c.content, 'UTF8')::json ->> 'household_id' = :household_id ORDER BY e.index""")
_DECISIONS = sa.text("""
    SELECT count(*) FROM decisions d JOIN log_contents c ON c.index = d.entry_no WHERE d.household_no = :household_no""")
_ERASED = sa.text("""
    INSERT INTO erased_facts SELECT :fact, number, :at FROM unnest(CAST(:numbers AS bigint[])) AS number""")
_WHICH = sa.text(
    "SELECT number FROM erased_facts WHERE fact = :fact AND number = ANY(:numbers) ORDER BY number LIMIT 1"
)
_ANYTHING = sa.text("SELECT EXISTS (SELECT FROM erased_facts)")
_LOAN_TABLES = ("loan_schedules", "loan_months", "loans")
FILING, LOAN = "filing", "loan"


class Superseded(NamedTuple):
    """A filing that a later statement took the place of. codes: in the order of ``indicators``."""

    seq: int
    observed_on: date
    codes: Sequence[int]
    indicators: Sequence[str]


class Closed(NamedTuple):
    """A loan that was paid back. month_end: the last one stated, with nothing left to pay."""

    loan_no: int
    month_end: date
    village_code: str


class Decided(NamedTuple):
    """A decision whose content is still there although its time has passed."""

    entry_no: int
    recorded_at: datetime


def allowed(connection: sa.Connection, sources: Sequence[str]) -> None:
    """Let this transaction erase; no file of these sources is imported until it ends."""
    for source in sorted(sources):
        alone_with_source(connection, source)
    connection.execute(_ALLOW)


def superseded(
    connection: sa.Connection, source: str, *, clears: bool, cutoff: date, after: int, most: int
) -> list[Superseded]:
    """A source's next filings beyond ``after`` that were superseded on or before a day.

    clears: whether a complete list of the source says of whom it does not name that there is nothing.
    """
    asked = {"source": source, "clears": clears, "cutoff": cutoff, "after": after, "most": most}
    return [Superseded(*row) for row in connection.execute(_SUPERSEDED, asked)]


def erase_filings(connection: sa.Connection, seqs: Sequence[int], *, at: datetime) -> None:
    """Erase filings; codes that others still need move to the oldest of those. The caller commits."""
    gone = {"seqs": list(seqs)}
    heirs = connection.execute(_HEIRS, gone).all()
    if heirs:
        moved = gone | {"holders": [row.holder for row in heirs], "heirs": [row.heir for row in heirs]}
        connection.execute(_REPOINT, moved)
        connection.execute(_INHERIT, moved)
    connection.execute(sa.text("DELETE FROM filings WHERE seq = ANY(:seqs)"), gone)
    connection.execute(_ERASED, {"fact": FILING, "at": at, "numbers": list(seqs)})


def closed_loans(connection: sa.Connection, *, cutoff: date) -> list[Closed]:
    """Loans paid back on or before a day, with the village of their household."""
    return [Closed(*row) for row in connection.execute(_CLOSED, {"cutoff": cutoff})]


def erase_loans(connection: sa.Connection, loan_nos: Sequence[int], *, at: datetime) -> None:
    """Erase loans with their month ends and schedules. The caller commits."""
    for table in _LOAN_TABLES:
        connection.execute(sa.text(f"DELETE FROM {table} WHERE loan_no = ANY(:loans)"), {"loans": list(loan_nos)})
    connection.execute(_ERASED, {"fact": LOAN, "at": at, "numbers": list(loan_nos)})


def decided(
    connection: sa.Connection, *, cutoff: date, after: int, most: int, household_no: int | None = None
) -> list[Decided]:
    """The next decisions beyond entry ``after`` that were made, and whose loans were paid back, on or before a day.

    household_no: of one household alone.
    """
    until = datetime.combine(cutoff + timedelta(days=1), datetime.min.time(), CIVIL_TIME)
    asked = {"cutoff": cutoff, "until": until, "after": after, "most": most, "household_no": household_no}
    return [Decided(*row) for row in connection.execute(_DECIDED, asked)]


def erase_contents(connection: sa.Connection, indexes: Sequence[int]) -> None:
    """Erase contents of the log's entries; the entries stay. The caller commits."""
    connection.execute(sa.text("DELETE FROM log_contents WHERE index = ANY(:indexes)"), {"indexes": list(indexes)})


def about(connection: sa.Connection, household_id: str) -> list[tuple[int, str, datetime]]:
    """Entries other than decisions whose content names a household and is still there: index, kind, recording time."""
    rows = connection.execute(_ABOUT, {"household_id": household_id})
    return [(row.entry_no, row.kind, row.recorded_at) for row in rows]


def decisions_kept(connection: sa.Connection, household_no: int) -> int:
    """Decisions about a household whose content is still there."""
    return int(connection.execute(_DECISIONS, {"household_no": household_no}).scalar_one())


def an_erased_filing(connection: sa.Connection, seqs: Sequence[int]) -> int | None:
    """The first of these filings that was erased after its time; None where none was."""
    found: int | None = connection.execute(_WHICH, {"fact": FILING, "numbers": list(seqs)}).scalar_one_or_none()
    return found


def anything_erased(connection: sa.Connection) -> bool:
    """Whether filings or loans were ever erased after their time."""
    return bool(connection.execute(_ANYTHING).scalar_one())
