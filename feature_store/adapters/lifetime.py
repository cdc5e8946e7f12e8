"""How long the embedded server runs: while somebody uses it (see docs/adr/0006)."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import exc

from feature_store.adapters import embedded

_OTHERS = sa.text(
    "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
)


def others_use(folder: Path) -> bool:
    """Whether the folder's server is running and any client is connected to it."""
    if not embedded.is_running(folder):
        return False
    engine = sa.create_engine(embedded.start(folder), poolclass=sa.NullPool)
    with engine.connect() as connection:
        return bool(connection.execute(_OTHERS).scalar_one())


def stop_unless_used(folder: Path, engine: sa.Engine) -> bool:
    """Close this process's connections, and stop the folder's server unless another client has one.

    Returns whether the server was stopped here. A server that is already gone needs no stop.
    """
    try:
        engine.dispose()
        with engine.connect() as connection:
            others = connection.execute(_OTHERS).scalar_one()
    except exc.OperationalError:
        others = 0
    engine.dispose()
    return embedded.stop(folder) if not others else False
