"""The two-axis store: what was true about each household on a day, as known at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime

import sqlalchemy as sa

from feature_store.adapters import decision_reads, people, read_areas, read_county, read_file, recording
from feature_store.adapters.connect import reachable
from feature_store.adapters.decision_reads import DecisionReads, ReadFor, Standing
from feature_store.adapters.kept_books import KeptBooks
from feature_store.adapters.kept_lists import KeptLists, ListsOf
from feature_store.adapters.layouts import Layouts
from feature_store.adapters.read_county import County
from feature_store.areas import AreaHistory
from scoring.areas import TOWNSHIP_DIGITS
from scoring.credit_file import CreditFile
from scoring.errors import LushiError
from scoring.policy.schema import Policy

_PATIENCE = sa.text("SET LOCAL lock_timeout = '5s'")
_TRY = sa.text("SELECT pg_try_advisory_lock(hashtext(:work))")
_FREE = sa.text("SELECT pg_advisory_unlock(hashtext(:work))")


class AtWork(LushiError):
    """Another process does this piece of work right now."""


class Store:
    """The tables of one county (or of one province's share) behind one engine."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self.layouts, self.books, self.lists = Layouts(), KeptBooks(), KeptLists()

    @contextmanager
    def moment(self, now: Callable[[], datetime]) -> Iterator[Moment]:
        """One transaction in which nothing new becomes known; commits when the block ends well.

        Raises:
            StoreUnavailable: where the database is away, or goes away before the commit.
        """
        with reachable(), self.engine.begin() as connection:
            known_at, versions = recording.fix_moment(connection, now)
            yield Moment(known_at, connection, self.layouts, self.books, self.lists, versions)

    @contextmanager
    def recording(self, now: Callable[[], datetime]) -> Iterator[Moment]:
        """One transaction alone: every moment before it has ended, and every later one sees what it records.

        For what must hold for all that follows, as a withdrawal. Raises :class:`StoreUnavailable` as :meth:`moment`.
        """
        with reachable(), self.engine.begin() as connection:
            connection.execute(_PATIENCE)
            yield Moment(recording.take_recorded_at(connection, now), connection, self.layouts)

    def now(self, now: Callable[[], datetime]) -> datetime:
        """A knowledge time, fixed and let go at once: nothing can be recorded before it any more."""
        with self.moment(now) as moment:
            return moment.known_at

    @contextmanager
    def looking(self, known_at: datetime) -> Iterator[Moment]:
        """One transaction that looks from a knowledge time of the past and holds up nobody.

        Raises:
            StoreUnavailable: as :meth:`moment`.
        """
        with reachable(), self.engine.begin() as connection:
            yield Moment(known_at, connection, self.layouts, self.books, self.lists)

    @contextmanager
    def briefly(self) -> Iterator[sa.Connection]:
        """A connection whose statements each stand by themselves, committed at once.

        Raises:
            StoreUnavailable: as :meth:`moment`.
        """
        with reachable(), self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """One transaction without a moment: for sessions, rates and checkpoints, or for what takes its time last of all.

        Raises:
            StoreUnavailable: as :meth:`moment`.
        """
        with reachable(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def alone(self, work: str) -> Iterator[None]:
        """A long piece of work that no other process may do meanwhile; holds up nobody else.

        Raises:
            AtWork: where another process is at it.
            StoreUnavailable: as :meth:`moment`.
        """
        with reachable():
            connection = self.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        try:
            with reachable():
                free = connection.execute(_TRY, {"work": work}).scalar_one()
            if not free:
                raise AtWork(f"somebody else is at it already ({work}); wait until that has ended")
            try:
                yield
            finally:
                with suppress(sa.exc.SQLAlchemyError):  # where the database is away, so is the lock
                    connection.execute(_FREE, {"work": work})
        finally:
            connection.invalidate()  # a session that is closed lets its lock go too, but only a while later
            connection.close()


@dataclass(frozen=True, slots=True)
class Moment:
    """A transaction with its knowledge time; whatever it reads was recorded by then.

    _versions: of the loan books and of all batches, where they were read along with the time.
    """

    known_at: datetime
    connection: sa.Connection
    layouts: Layouts
    books: KeptBooks = field(default_factory=KeptBooks)
    lists: KeptLists = field(default_factory=KeptLists)
    _versions: recording.Versions | None = None

    def credit_file(self, household_id: str, *, on: date, policy: Policy) -> CreditFile | None:
        """The household's credit file on a day; None for a household not registered by then."""
        return self.credit_files(household_id, days=[on], policy=policy)[0]

    def credit_files(self, household_id: str, *, days: Sequence[date], policy: Policy) -> list[CreditFile | None]:
        """The same on each of several different days, read at once."""
        return read_file.credit_files(
            self.connection, household_id, days=days, known_at=self.known_at, policy=policy, layouts=self.layouts
        )

    def decision_reads(
        self, calls: Sequence[ReadFor], *, days: Sequence[date], policy: Policy
    ) -> tuple[list[DecisionReads], Standing]:
        """All that banks' calls read, with the files on these days; see :mod:`feature_store.adapters.decision_reads`."""
        return decision_reads.read(
            self.connection,
            calls,
            days=days,
            known_at=self.known_at,
            policy=policy,
            layouts=self.layouts,
            lists=self.lists_at(self.known_at, policy=policy),
        )

    def lists_at(self, known_at: datetime, *, policy: Policy) -> ListsOf:
        """What reads complete lists as known at a time up to the moment's; they are kept where no batch was recorded since."""
        version = self._versions.batches if self._versions is not None else None
        if version is not None and version > known_at:
            version = None
        return self.lists.reader(self.connection, known_at=known_at, version=version, policy=policy)

    def credit_file_from(
        self, household_id: str, *, village_code: str, read: Mapping[str, tuple[int | None, int]], policy: Policy
    ) -> CreditFile:
        """The credit file made of exactly what a decision read: source to (filing or None, batch).

        Raises:
            NothingRead: where the store does not hold one of them.
        """
        return read_file.credit_file_from(
            self.connection, household_id, village_code=village_code, read=read, policy=policy, layouts=self.layouts
        )

    def household(self, household_id: str, *, on: date) -> people.Registered | None:
        """A household's number and its village on a day; None where it is not registered by then."""
        return people.find(self.connection, household_id, on=on, known_at=self.known_at)

    def known(self, known_at: datetime) -> Moment:
        """The same transaction looking from an earlier knowledge time."""
        return replace(self, known_at=known_at, _versions=None)

    def book_version(self) -> datetime | None:
        """When loans, registrations, areas or releases were last recorded; None where none were."""
        if self._versions is not None:
            return self._versions.book
        return read_areas.book_version(self.connection, known_at=self.known_at)

    def area_history(self, village_code: str, *, on: date, policy: Policy) -> AreaHistory:
        """The month ends and releases of the village, its township and the township's other villages."""
        township = village_code[:TOWNSHIP_DIGITS]
        months = read_areas.month_ends(
            self.connection, on=on, known_at=self.known_at, classes=policy.areas.classes, within=township
        )
        for village in read_areas.villages(self.connection, known_at=self.known_at, within=township):
            months.setdefault(village, [])
        released = read_areas.releases(self.connection, on=on, known_at=self.known_at, within=township)
        return AreaHistory(village_code, township, months, released)

    def keeps_book(self, village_code: str, *, on: date, policy: Policy) -> bool:
        """Whether :meth:`village_book` need not ask the database."""
        versions = self._versions
        return versions is not None and self.books.keep(village_code, on=on, version=versions.book, policy=policy)

    def village_book(self, village_code: str, *, on: date, policy: Policy) -> list[read_areas.MonthRow]:
        """The village's month ends as they were stated (the area's features), oldest first."""
        return self.books.of(
            self.connection,
            village_code,
            on=on,
            known_at=self.known_at,
            version=self.book_version(),
            policy=policy,
        )


def county(store_or_connection: Store | sa.Connection, *, on: date, known_at: datetime, policy: Policy) -> County:
    """Every registered household's indicators on a day as known at a time, in columns.

    Needs no lock: take ``known_at`` from a :class:`Moment`, and nothing can be recorded before it any more.
    """
    if isinstance(store_or_connection, Store):
        with store_or_connection.engine.begin() as connection:
            return read_county.county(connection, on=on, known_at=known_at, policy=policy)
    return read_county.county(store_or_connection, on=on, known_at=known_at, policy=policy)
