"""Brings a database to the newest tables; safe when several processes start at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.util import CommandError

from scoring.errors import LushiError

_LOCK = 0x4C555348_4D494752
"""Advisory lock key: 'LUSHMIGR' in ASCII."""


class MigrationRefused(LushiError, RuntimeError):
    """A step would lose recorded history, or the database is not one that this program knows; nothing was changed."""


def upgrade_to_head(engine: sa.Engine) -> None:
    """Run every migration that the database has not seen, in one transaction, one process at a time.

    Raises:
        MigrationRefused: where a step refuses, or the database is of a newer program.
    """
    move(engine, "head", command.upgrade)


def downgrade(engine: sa.Engine, to: str) -> None:
    """Take migrations back down to a revision ('base' for none); a step that would lose history refuses, and nothing moves.

    Raises:
        MigrationRefused: where a step refuses, or there is no such revision below.
    """
    move(engine, to, command.downgrade)


def move(engine: sa.Engine, revision: str, way: Callable[[Config, str], None]) -> None:
    """Run alembic's ``upgrade`` or ``downgrade`` to a revision, alone and whole."""
    config = configured()
    with engine.begin() as connection:
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        config.attributes["connection"] = connection
        try:
            way(config, revision)
        except CommandError:  # alembic's sentence names neither what is wrong nor what to do
            raise MigrationRefused(
                f"the database cannot go to revision '{revision}': it was written by a newer program, or there is no such "
                "revision on its way; run the newest program, and see `lushi database check`"
            ) from None
        except RuntimeError as refused:
            raise MigrationRefused(str(refused)) from refused


def configured() -> Config:
    """Alembic's configuration: where the steps are."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
