"""Whether a database's tables are as the code expects; reads only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from feature_store.adapters.migrate import configured
from feature_store.adapters.tables import metadata

_SWITCHED_OFF = sa.text("""
    SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE NOT t.tgisinternal AND t.tgenabled <> 'O' AND c.relnamespace = 'public'::regnamespace ORDER BY 1, 2""")
_VERSION = sa.text("SHOW server_version")


@dataclass(frozen=True, slots=True)
class Schema:
    """A database as it is. server: PostgreSQL's version. revision: of its tables, None before the first; head: the code's newest.

    faults: what is not as the code expects, in words; empty where all is.
    """

    server: str
    revision: str | None
    head: str
    faults: tuple[str, ...]


def read_schema(engine: sa.Engine) -> Schema:
    """Compare a database with the code. Triggers are not compared, only one that is switched off is seen."""
    head = ScriptDirectory.from_config(configured()).get_current_head() or ""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        revision = context.get_current_revision()
        server = str(connection.execute(_VERSION).scalar_one())
        if revision != head:
            found = [f"the tables are of revision {revision or 'none'}, the program is of {head}"]
        else:
            found = [_words(one) for one in _flat(compare_metadata(context, metadata))]
        for table, trigger in connection.execute(_SWITCHED_OFF):
            found.append(f"table {table}: the trigger {trigger}, which keeps its rows, is switched off")
    return Schema(server, revision, head, tuple(found))


def _flat(differences: Iterable[Any]) -> Iterable[tuple[Any, ...]]:
    """Alembic's differences one by one; those of one column come as a list."""
    for one in differences:
        yield from one if isinstance(one, list) else [one]


def _words(difference: tuple[Any, ...]) -> str:
    """A difference in words; alembic names it by what would have to be done to the database."""
    todo, what = str(difference[0]).split("_", 1)
    match difference[1:]:
        case (sa.Table() as table, *_):
            where = table.name
        case (_, str(name), sa.Column() as column):
            where = f"{name}.{column.name}"
        case (_, str(name), str(column_name), *_):
            where = f"{name}.{column_name}"
        case (sa.Index() as index, *_):
            where = f"{index.table.name if index.table is not None else '?'}.{index.name}"
        case (sa.Constraint() as constraint, *_):
            where = f"{constraint.table.name}.{constraint.name or '?'}"
        case _:
            where = "?"
    said = {"add": "is missing", "remove": "does not belong here", "modify": "is another"}
    return f"{where}: the {what.replace('_', ' ')} {said.get(todo, todo)}"
