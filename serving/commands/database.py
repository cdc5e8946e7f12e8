"""``lushi database``: which revision the tables are of, and to another one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from feature_store.adapters.connect import reachable
from feature_store.adapters.migrate import downgrade, upgrade_to_head
from feature_store.adapters.schema_check import read_schema
from serving.settings import Settings
from serving.wiring import unmigrated

OTHER = 4
"""Exit code where the tables are not as the program expects."""


def register(app: typer.Typer, settings: Callable[[], Settings]) -> None:
    """Add the sub-commands to the program."""
    words = "The database's tables: check them, bring them up or down. 数据库"
    database = typer.Typer(no_args_is_help=True, help=words)
    app.add_typer(database, name="database", help=words)

    @database.command("check")
    def check() -> None:
        """Say which revision the tables are of, and what is not as expected; exit code 4 where anything is. 检查数据库"""
        with unmigrated(settings()) as engine, reachable():
            found = read_schema(engine)
        typer.echo(f"PostgreSQL {found.server}; tables of revision {found.revision or 'none'}; program of {found.head}")
        for fault in found.faults:
            typer.echo(fault)
        if found.faults:
            raise typer.Exit(OTHER)
        typer.echo("the tables are as the program expects · 数据库结构一致")

    @database.command("upgrade")
    def upgrade() -> None:
        """Bring the tables to the program's revision, as every start does by itself. 升级数据库"""
        with unmigrated(settings()) as engine, reachable():
            upgrade_to_head(engine)
            found = read_schema(engine)
        typer.echo(f"the tables are of revision {found.revision}")

    @database.command("downgrade")
    def down(
        to: Annotated[str, typer.Argument(help="The revision to go down to, as 0006; 'base' for no tables at all.")],
        yes: Annotated[bool, typer.Option("--yes", help="Do it without asking.")] = False,
    ) -> None:
        """Take the tables back, for an older program; refused where recorded history would be lost. 降级数据库

        Stop the service first, and make a copy of the database. The next command of this program upgrades them again.
        """
        if not yes:
            typer.confirm(f"Take the tables back to revision {to}?", abort=True)
        with unmigrated(settings()) as engine, reachable():
            downgrade(engine, to)
            found = read_schema(engine)
        typer.echo(f"the tables are of revision {found.revision or 'none'}")
