"""How long a name must wait after wrong passwords in a row, whether or not anybody has it."""

from __future__ import annotations

from feature_store.adapters import login_failures
from feature_store.adapters.log_tables import Connection
from scoring.errors import LushiError

FREE = 5
"""Wrong passwords in a row without a wait."""
FIRST_SECONDS, MOST_SECONDS = 15, 900
"""The wait after the fifth, doubled by each further one; and the longest, 15 minutes [assumed]."""
FORGET_SECONDS = 3600
"""So long after the last wrong password a name begins anew [assumed]; longer than any wait."""


class MustWait(LushiError):
    """Too many wrong passwords for a name. seconds: until the next try counts, rounded up."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__("too many wrong passwords for this name; wait, then try again with the right one")


def begin_try(connection: Connection, mac: bytes) -> None:
    """Count a try as failed before it is made; :func:`clear` where it was right. The caller commits before the check.

    Raises:
        MustWait: where it may not be made yet.
    """
    left = login_failures.begin(
        connection, mac, free=FREE, first=FIRST_SECONDS, most=MOST_SECONDS, forget=FORGET_SECONDS
    )
    if left > 0:
        raise MustWait(min(int(left) + 1, MOST_SECONDS))


clear = login_failures.clear
