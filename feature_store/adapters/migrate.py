"""Brings a database to the newest tables; safe when several processes start at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

_LOCK = 0x4C555348_4D494752
"""Advisory lock key: 'LUSHMIGR' in ASCII."""


def upgrade_to_head(engine: sa.Engine) -> None:
    """Run every migration that the database has not seen, in one transaction, one process at a time."""
    move(engine, "head", command.upgrade)


def downgrade(engine: sa.Engine, to: str) -> None:
    """Take migrations back down to a revision ('base' for none); a step that would lose history refuses, and nothing moves."""
    move(engine, to, command.downgrade)


def move(engine: sa.Engine, revision: str, way: Callable[[Config, str], None]) -> None:
    """Run alembic's ``upgrade`` or ``downgrade`` to a revision, alone and whole."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        config.attributes["connection"] = connection
        way(config, revision)
