"""What was kept for its time leaves: shown first, then erased by two people, some at a time, each time with its entry in the log."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from feature_store.adapters import recording, retention
from feature_store.adapters.log_tables import Connection
from feature_store.adapters.retention import Closed
from feature_store.adapters.store import Moment
from feature_store.filing import civil_day
from scoring.areas import TOWNSHIP_DIGITS
from scoring.canonical import canonical
from scoring.errors import LushiError
from scoring.negative import is_negative, negative_codes
from scoring.policy.schema import Policy
from serving.access.two_people import two_people
from serving.county.area_states import stops_of
from serving.ledger import log
from serving.privacy.retention_rules import BY_ID, CLOSED_LOANS, DECISION_CONTENTS, NEGATIVE_FILINGS, Rule
from serving.wiring import Parts

AT_ONCE = 5_000
"""Rows found and erased in one transaction."""
_LOAN_SOURCES = ("loan_months", "loan_schedules", "loans")
Progress = Callable[[Rule, int], None]


class RetentionRefused(LushiError):
    """Nothing is erased; the message says why and what to do."""


@dataclass(slots=True)
class Found:
    """What a rule finds. oldest: the day of the oldest; kept: loans past their time on which an area's stop rests."""

    rule: Rule
    count: int = 0
    oldest: date | None = None
    kept: int = 0

    def add(self, days: list[date]) -> None:
        """Count more."""
        self.count += len(days)
        self.oldest = min([*days, *([self.oldest] if self.oldest else [])], default=None)


@dataclass(frozen=True, slots=True)
class Order:
    """Who erases, and why, as every entry of the run says it."""

    by: str
    second: str
    why: str
    on: date


def look(parts: Parts, on: date, progress: Progress = lambda rule, done: None) -> list[Found]:
    """What a run on a day would erase, rule by rule; nothing is changed. progress: called with the rule and how many it found so far.

    Raises:
        StoreUnavailable: where the database is away.
    """
    return _each(parts, on, None, progress)


def run(parts: Parts, *, by: str, second: str, why: str, progress: Progress = lambda rule, done: None) -> list[Found]:
    """Erase what was kept for its time by today; two different people answer for it. Interrupted, it is simply run again.

    Raises:
        RetentionRefused: without two different people and a cause.
        AtWork: where another process erases.
        StoreUnavailable: where the database is away.
    """
    if faults := two_people(by, second, why):
        raise RetentionRefused("refused: " + "; ".join(faults))
    with parts.store.alone("retention"):
        today = civil_day(parts.clock.now())
        return _each(parts, today, Order(by.strip(), second.strip(), why.strip(), today), progress)


def _each(parts: Parts, on: date, order: Order | None, progress: Progress) -> list[Found]:
    return [
        _filings(parts, Found(BY_ID[NEGATIVE_FILINGS]), on, order, progress),
        _loans(parts, Found(BY_ID[CLOSED_LOANS]), on, order, progress),
        _contents(parts, Found(BY_ID[DECISION_CONTENTS]), on, order, progress),
    ]


def _filings(parts: Parts, found: Found, on: date, order: Order | None, progress: Progress) -> Found:
    policies = parts.policies.policies
    negative = negative_codes(policies)
    clears = {source.id for policy in policies for source in policy.sources if source.clear}
    for source in sorted({source.id for policy in policies for source in policy.sources}):
        for rows in _superseded(parts, source, source in clears, found.rule.cutoff(on)):
            gone = [row for row in rows if is_negative(negative, row.indicators, row.codes)]
            if order is not None and gone:
                with parts.store.writing() as connection:
                    at = _begin(parts, connection, (source,))
                    retention.erase_filings(connection, [row.seq for row in gone], at=at)
                    _record(connection, found.rule, len(gone), order, at)
            found.add([row.observed_on for row in gone])
            progress(found.rule, found.count)
    return found


def _superseded(parts: Parts, source: str, clears: bool, cutoff: date) -> Iterator[list[retention.Superseded]]:
    after = 0
    while True:
        with parts.store.looking(parts.clock.now()) as moment:
            rows = retention.superseded(
                moment.connection, source, clears=clears, cutoff=cutoff, after=after, most=AT_ONCE
            )
        if not rows:
            return
        yield rows
        after = rows[-1].seq


def _loans(parts: Parts, found: Found, on: date, order: Order | None, progress: Progress) -> Found:
    """Township by township; where a stop would change with the book, the township's loans stay."""
    with parts.store.looking(parts.clock.now()) as moment:
        closed = retention.closed_loans(moment.connection, cutoff=found.rule.cutoff(on))
    closed.sort(key=lambda loan: loan.village_code)
    for township, rows in groupby(closed, key=lambda loan: loan.village_code[:TOWNSHIP_DIGITS]):
        loans = list(rows)
        if _erase_loans(parts, found.rule, township, loans, on, order):
            found.add([loan.month_end for loan in loans])
        else:
            found.kept += len(loans)
        progress(found.rule, found.count)
    return found


def _erase_loans(parts: Parts, rule: Rule, township: str, loans: list[Closed], on: date, order: Order | None) -> bool:
    """Erase a township's loans and say whether no stop rests on them; without an order, or where one does, nothing stays changed."""
    policy = parts.policies.in_force(on)
    with parts.store.writing() as connection:
        at = _begin(parts, connection, _LOAN_SOURCES)
        moment = Moment(at, connection, parts.store.layouts)
        before = _stopped(moment, township, policy, on)
        tried = connection.begin_nested()
        for start in range(0, len(loans), AT_ONCE):
            retention.erase_loans(connection, [loan.loan_no for loan in loans[start : start + AT_ONCE]], at=at)
        same = _stopped(moment, township, policy, on) == before
        if not same or order is None:
            tried.rollback()
        else:
            tried.commit()
            _record(connection, rule, len(loans), order, at)
    return same


def _stopped(moment: Moment, township: str, policy: Policy, on: date) -> dict[str, tuple[date | None, bool]]:
    """The township, and its villages, that stand stopped: since when, and whether two people may release them."""
    stops = stops_of(moment.area_history(township, on=on, policy=policy), policy, on)
    return {code: (stop.since, stop.awaiting_sign_off) for code, stop in stops.items() if stop.stopped}


def _contents(parts: Parts, found: Found, on: date, order: Order | None, progress: Progress) -> Found:
    after = -1
    while True:
        with parts.store.looking(parts.clock.now()) as moment:
            cutoff = found.rule.cutoff(on)
            rows = retention.decided(moment.connection, cutoff=cutoff, after=after, most=AT_ONCE)
        if not rows:
            return found
        if order is not None:
            with parts.store.writing() as connection:
                at = _begin(parts, connection, ())
                retention.erase_contents(connection, [row.entry_no for row in rows])
                _record(connection, found.rule, len(rows), order, at)
        found.add([civil_day(row.recorded_at) for row in rows])
        progress(found.rule, found.count)
        after = rows[-1].entry_no


def _begin(parts: Parts, connection: Connection, sources: tuple[str, ...]) -> datetime:
    """Erasing may begin, and nobody is at a moment meanwhile, who could see half of it."""
    retention.allowed(connection, sources)
    return recording.take_recorded_at(connection, parts.clock.now)


def _record(connection: Connection, rule: Rule, count: int, order: Order, at: datetime) -> None:
    said = {"by": order.by, "second": order.second, "why": order.why, "on": order.on.isoformat()}
    content = canonical(said | {"counts": {rule.id: count}})
    log.append(connection, kind="retention_run", recorded_at=at, content=content)
