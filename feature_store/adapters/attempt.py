"""Reads that may fail, or take too long, without harm to the transaction that they stand in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from feature_store.adapters.together import Asked, together

_BEGIN, _BACK, _END = (
    Asked("SAVEPOINT attempt"),
    Asked("ROLLBACK TO SAVEPOINT attempt"),
    Asked("RELEASE SAVEPOINT attempt"),
)
_LIMIT = Asked("SELECT set_config('statement_timeout', :most, true)")


@contextmanager
def attempt(connection: sa.Connection, *, within_ms: int) -> Iterator[None]:
    """Run a block that only reads; whatever it raises, the transaction goes on afterwards as before.

    within_ms: most milliseconds for each statement. Always rolled back, so the limit ends with the block.
    """
    limit = {"most": str(max(int(within_ms), 1))}
    try:
        together(connection, (_BEGIN, {}), (_LIMIT, limit))
        yield
    finally:
        together(connection, (_BACK, {}), (_END, {}))
