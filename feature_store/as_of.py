"""The one as-of rule, in the open: which statement about a household counts at a moment.

Serving, training and replay ask the database, which applies the same rule in SQL or over columns;
this reference is what the tests hold both to.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from feature_store.filing import Statement


def latest(statements: Iterable[Statement], *, on: date, known_at: datetime) -> Statement | None:
    """The statement of one source about one household that counts on a day, as known at a time.

    Among those with ``observed_on <= on`` and ``recorded_at <= known_at``: the greatest
    ``observed_on``, then the greatest ``recorded_at``, then the greatest batch and sequence number.
    A complete list that leaves the household out is a statement like any other.

    >>> from datetime import UTC
    >>> first = Statement(date(2017, 3, 31), datetime(2017, 4, 10, tzinfo=UTC), 1, 1)
    >>> late_old = Statement(date(2016, 12, 31), datetime(2017, 5, 2, tzinfo=UTC), 2, 2)
    >>> latest([first, late_old], on=date(2017, 6, 1), known_at=datetime(2017, 6, 1, tzinfo=UTC)) is first
    True
    """
    visible = (it for it in statements if it.observed_on <= on and it.recorded_at <= known_at)
    return max(visible, key=order, default=None)


def order(statement: Statement) -> tuple[date, datetime, int, int]:
    """The sort key of the rule; the greatest counts."""
    return statement.observed_on, statement.recorded_at, statement.batch_no, statement.seq
