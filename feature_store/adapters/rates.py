"""How fast a client may call: a bucket of tokens per client, shared by every process of the service.

Measured by the database's clock: the service's may stand still in a demonstration.
"""

from __future__ import annotations

import sqlalchemy as sa

from feature_store.adapters.together import Asked, together

_FILLED = "least(:burst, r.tokens + :rate * extract(epoch FROM greatest(clock_timestamp() - r.at, interval '0')))"
_TAKEN = f"""
    ON CONFLICT (client_id) DO UPDATE SET tokens = {_FILLED} - :calls, at = clock_timestamp()
    WHERE {_FILLED} >= :calls
    RETURNING tokens"""
_TAKE = Asked(f"INSERT INTO client_rates AS r VALUES (:client_id, :burst - :calls, clock_timestamp()) {_TAKEN}")
TAKE_OF_LIVE = f"""
    INSERT INTO client_rates AS r SELECT client_id, :burst - :calls, clock_timestamp() FROM held
    WHERE live AND mac = :mac {_TAKEN}"""
"""The same as part of a statement that found a key as ``held``: taken only where it is live and the right one."""


def take(connection: sa.Connection, client_id: str, *, rate: float, burst: float, calls: float = 1) -> bool:
    """Take tokens for so many calls, at most ``burst``; False where the client has fewer left, and none is taken.

    rate: tokens a second; burst: most at once. The caller commits.
    """
    values = {"client_id": client_id, "rate": rate, "burst": burst, "calls": calls}
    (left,) = together(connection, (_TAKE, values))
    return bool(left)
