"""Which of several processes does a piece of work that must not be done several times over."""

from __future__ import annotations

from contextlib import suppress
from threading import Lock

import sqlalchemy as sa
from sqlalchemy import exc

_TRY = sa.text("SELECT pg_try_advisory_lock(hashtext(:work))")
_ASK = sa.text("SELECT 1")


class Lead:
    """The lead in one piece of work: held by at most one session of the database, and lost with that session.

    After a restart of the database two processes may hold it for the length of one turn of work, so a turn must bear that.
    """

    def __init__(self, engine: sa.Engine, work: str) -> None:
        self._engine, self._work = engine, work
        self._lock = Lock()
        self._session: sa.Connection | None = None

    def held(self) -> bool:
        """Whether this process leads now; takes the lead where it is free. False too where the database is away."""
        with self._lock:
            try:
                if self._session is not None:
                    self._session.execute(_ASK)
                    return True
                session = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
                self._session = session
                if session.execute(_TRY, {"work": self._work}).scalar_one():
                    return True
            except (exc.DBAPIError, exc.TimeoutError):
                pass
            self._drop()
            return False

    def let_go(self) -> None:
        """End the session, and with it the lead; another process may take it at once."""
        with self._lock:
            self._drop()

    def _drop(self) -> None:
        if self._session is not None:
            with suppress(exc.DBAPIError):
                self._session.invalidate()
                self._session.close()
        self._session = None
