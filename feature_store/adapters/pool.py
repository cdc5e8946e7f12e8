"""How many connections of an engine are at work, told whenever that changes."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Any

import sqlalchemy as sa


def watch(engine: sa.Engine, tell: Callable[[int], object]) -> None:
    """Call ``tell`` with the number of connections at work, at once and after every change.

    Connections are counted by name and not up and down: one that breaks is reported twice, or never taken out.
    """
    lock, at_work = Lock(), set[int]()

    def out(_: Any, record: Any, __: Any) -> None:
        with lock:
            at_work.add(id(record))
            tell(len(at_work))

    def back(_: Any, record: Any) -> None:
        with lock:
            at_work.discard(id(record))
            tell(len(at_work))

    sa.event.listen(engine, "checkout", out)
    sa.event.listen(engine, "checkin", back)
    tell(0)
