"""How fast a client may call: a bucket of tokens per client, shared by every process of the service.

Measured by the database's clock: the service's may stand still in a demonstration.
"""

from __future__ import annotations

import sqlalchemy as sa

from feature_store.adapters.together import Asked, together

_FILLED = "least(:burst, r.tokens + :rate * extract(epoch FROM greatest(clock_timestamp() - r.at, interval '0')))"
_TAKE = Asked(f"""
    INSERT INTO client_rates AS r VALUES (:client_id, :burst - 1, clock_timestamp())
    ON CONFLICT (client_id) DO UPDATE SET tokens = {_FILLED} - 1, at = clock_timestamp() WHERE {_FILLED} >= 1
    RETURNING tokens""")


def take(connection: sa.Connection, client_id: str, *, rate: float, burst: float) -> bool:
    """Take a token; False where the client has none left. rate: tokens a second; burst: most at once."""
    (left,) = together(connection, (_TAKE, {"client_id": client_id, "rate": rate, "burst": burst}))
    return bool(left)
