"""Wrong passwords in a row, by name, shared by every process of the service: each makes the next one wait longer.

Measured by the database's clock, as calls a second are: the service's may stand still in a demonstration. A try is
counted before its password is looked at, so that many at once are no way round the wait.
"""

from __future__ import annotations

import sqlalchemy as sa

# The exponent is bounded so that a long row of failures cannot overflow.
_WAIT = "make_interval(secs => CASE WHEN f.count < :free THEN 0 ELSE least(:most, :first * 2.0 ^ least(f.count - :free, 30)) END)"
_FORGOTTEN = "f.at < clock_timestamp() - make_interval(secs => :forget)"
_TRY = sa.text(f"""
    INSERT INTO login_failures AS f VALUES (:mac, 1, clock_timestamp())
    ON CONFLICT (mac) DO UPDATE SET count = CASE WHEN {_FORGOTTEN} THEN 1 ELSE f.count + 1 END, at = clock_timestamp()
    WHERE f.at + {_WAIT} <= clock_timestamp() OR f.at > clock_timestamp()
    RETURNING count""")
_LEFT = sa.text(f"""
    SELECT extract(epoch FROM f.at + {_WAIT} - clock_timestamp()) FROM login_failures f WHERE f.mac = :mac""")
_CLEAR = sa.text("DELETE FROM login_failures WHERE mac = :mac")
_SWEEP = sa.text("""
    DELETE FROM login_failures WHERE mac IN (
        SELECT mac FROM login_failures WHERE at < clock_timestamp() - make_interval(secs => :forget)
        ORDER BY at LIMIT 10 FOR UPDATE SKIP LOCKED)""")


def begin(connection: sa.Connection, mac: bytes, *, free: int, first: float, most: float, forget: float) -> float:
    """Count a try as failed until :func:`clear`; gives the seconds to wait where it must not be made yet, else 0.

    free: failures without a wait; first: the wait after them, doubled by each further one up to ``most``; forget: how
    long after the last failure a name begins anew. All in seconds but ``free``. The caller commits.
    """
    values = {"mac": mac, "free": free, "first": first, "most": most, "forget": forget}
    connection.execute(_SWEEP, {"forget": forget})
    if connection.execute(_TRY, values).scalar_one_or_none() is not None:
        return 0.0
    left = connection.execute(_LEFT, values).scalar_one_or_none()
    return max(float(left), 0.001) if left is not None else 0.001


def clear(connection: sa.Connection, mac: bytes) -> None:
    """Forget a name's failures; the caller commits."""
    connection.execute(_CLEAR, {"mac": mac})
