"""Reads that may fail, or take too long, without harm to the transaction that they stand in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from feature_store.adapters.together import Asked, Rows, together

_BEGIN, _BACK, _END = (
    Asked("SAVEPOINT attempt"),
    Asked("ROLLBACK TO SAVEPOINT attempt"),
    Asked("RELEASE SAVEPOINT attempt"),
)
_LIMIT = Asked("SELECT set_config('statement_timeout', :most, true)")


@contextmanager
def attempt(connection: sa.Connection, *asked: Asked, within_ms: int) -> Iterator[list[Rows]]:
    """Run a block that only reads; whatever it raises, the transaction goes on afterwards as before.

    asked: what the block begins with, sent along with the beginning; gives the rows of each.

    within_ms: most milliseconds for each statement. Always rolled back, so the limit ends with the block.
    """
    limit = {"most": str(max(int(within_ms), 1))}
    try:
        _, _, *found = together(connection, (_BEGIN, {}), (_LIMIT, limit), *((one, {}) for one in asked))
        yield found
    finally:
        together(connection, (_BACK, {}), (_END, {}))
