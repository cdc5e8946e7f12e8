"""An engine on a database whose tables are up to date, and one name for "the database is away"."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from psycopg import errors
from sqlalchemy import exc

from feature_store.adapters.alive import check_when_taken
from feature_store.adapters.migrate import upgrade_to_head
from scoring.errors import LushiError


class StoreUnavailable(LushiError):
    """The database cannot be reached, or went away. A call that was being committed may still be recorded."""


Engine = sa.Engine
"""For those who hand an engine on and know no SQL."""
USUAL_CONNECTIONS = 24
"""Most connections of a process that does not share the database's with others of its kind."""


def connect(url: str, *, most: int = USUAL_CONNECTIONS) -> sa.Engine:
    """An engine with its schema migrated to the newest version. most: connections at once.

    Raises:
        StoreUnavailable: where the database cannot be reached.
        MigrationRefused: where its tables cannot be brought to that version.
    """
    engine = engine_on(url, most=most)
    with reachable():
        upgrade_to_head(engine)
    return engine


def engine_on(url: str, *, most: int = USUAL_CONNECTIONS) -> sa.Engine:
    """An engine on a database whose schema is up to date already; nothing is connected yet.

    Raises:
        LushiError: where the address cannot be read.
    """
    try:
        sa.make_url(url)
    except (exc.ArgumentError, ValueError):
        raise LushiError("LUSHI_DATABASE_URL cannot be read; write postgresql://user:password@host:port/db") from None
    kept = max(most * 2 // 3, 1)
    engine = sa.create_engine(url, pool_size=kept, max_overflow=most - kept, pool_timeout=10, hide_parameters=True)
    check_when_taken(engine)
    return engine


def of_database(error: Exception) -> bool:
    """Whether an error came from the database, so that the transaction in which it was met can go no further."""
    return isinstance(error, exc.SQLAlchemyError | StoreUnavailable)


@contextmanager
def reachable() -> Iterator[None]:
    """Run a block of database work; a lost or refused connection becomes :class:`StoreUnavailable`."""
    try:
        yield
    except (exc.OperationalError, exc.InterfaceError, exc.TimeoutError) as error:
        if isinstance(getattr(error, "orig", None), errors.DiskFull):
            raise StoreUnavailable("the database has no room left on its disk, so nothing was recorded") from error
        raise StoreUnavailable("the database cannot be reached; try again shortly") from error
    except exc.PendingRollbackError as error:  # a step of the block noticed the loss and went on
        raise StoreUnavailable("the database cannot be reached; try again shortly") from error
    except exc.DBAPIError as error:
        if error.connection_invalidated:
            raise StoreUnavailable("the database cannot be reached; try again shortly") from error
        raise
