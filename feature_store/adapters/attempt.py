"""Reads that may fail, or take too long, without harm to the transaction that they stand in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa


@contextmanager
def attempt(connection: sa.Connection, *, within_ms: int) -> Iterator[None]:
    """Run a block that only reads; whatever it raises, the transaction goes on afterwards as before.

    within_ms: most milliseconds for each statement. Always rolled back, so the limit ends with the block.
    """
    connection.exec_driver_sql(f"SAVEPOINT attempt; SET LOCAL statement_timeout = {max(int(within_ms), 1)}")
    try:
        yield
    finally:
        connection.exec_driver_sql("ROLLBACK TO SAVEPOINT attempt; RELEASE SAVEPOINT attempt")
