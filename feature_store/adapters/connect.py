"""An engine on a database whose tables are up to date, and one name for "the database is away"."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy import exc

from feature_store.adapters.alive import check_when_taken
from feature_store.adapters.migrate import upgrade_to_head
from scoring.errors import LushiError


class StoreUnavailable(LushiError):
    """The database cannot be reached, or went away. A call that was being committed may still be recorded."""


def connect(url: str, *, pool_size: int = 16) -> sa.Engine:
    """An engine with its schema migrated to the newest version.

    Raises:
        StoreUnavailable: where the database cannot be reached.
    """
    try:
        sa.make_url(url)
    except (exc.ArgumentError, ValueError):
        raise LushiError("LUSHI_DATABASE_URL cannot be read; write postgresql://user:password@host:port/db") from None
    engine = sa.create_engine(url, pool_size=pool_size, max_overflow=8, pool_timeout=10, hide_parameters=True)
    check_when_taken(engine)
    with reachable():
        upgrade_to_head(engine)
    return engine


@contextmanager
def reachable() -> Iterator[None]:
    """Run a block of database work; a lost or refused connection becomes :class:`StoreUnavailable`."""
    try:
        yield
    except (exc.OperationalError, exc.InterfaceError, exc.TimeoutError) as error:
        raise StoreUnavailable("the database cannot be reached; try again shortly") from error
    except exc.DBAPIError as error:
        if error.connection_invalidated:
            raise StoreUnavailable("the database cannot be reached; try again shortly") from error
        raise
