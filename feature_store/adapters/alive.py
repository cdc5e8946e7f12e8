"""Whether a pooled connection still stands, found out without asking the server anything.

A server that stopped has closed its end, which can be read there; a connection at rest has nothing to read. Costs a
microsecond where a question would cost a round trip at every call. A server that vanished without a word is noticed by
the first statement, as it would be by a question.
"""

from __future__ import annotations

import select
from typing import Any

import sqlalchemy as sa


def check_when_taken(engine: sa.Engine) -> None:
    """From now on a connection that the server has closed is replaced when it is taken from the pool."""
    sa.event.listen(engine, "checkout", _check)


def _check(connection: Any, *_: object) -> None:
    if connection.closed or has_news(connection.fileno()):
        raise sa.exc.InvalidatePoolError("the server has closed the connection")


def has_news(socket: int) -> bool:
    """Whether a socket has something to read, its end included."""
    watch = select.poll()
    watch.register(socket, select.POLLIN | select.POLLHUP | select.POLLERR)
    return bool(watch.poll(0))
