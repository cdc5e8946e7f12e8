"""``lushi database``: what is wrong with the tables is named, and nothing recorded is lost on a way down."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
import typer
from typer.testing import CliRunner, Result

from feature_store.adapters.migrate import MigrationRefused, downgrade, upgrade_to_head
from feature_store.adapters.schema_check import read_schema
from serving.commands import database
from serving.settings import read_settings


class Lushi:
    """Runs ``lushi database`` on one database."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine, self._app = engine, typer.Typer()
        url = engine.url.render_as_string(hide_password=False)
        database.register(self._app, lambda: read_settings({"LUSHI_DATABASE_URL": url}))

    def __call__(self, *arguments: str, answer: str = "") -> Result:
        return CliRunner().invoke(self._app, ["database", *arguments], input=answer)

    def change(self, *statements: str) -> None:
        """Change the tables as somebody with the database's own rights could."""
        with self.engine.begin() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)


@pytest.fixture
def lushi(empty: sa.Engine) -> Lushi:
    """The command on an empty database, on each server."""
    return Lushi(empty)


def test_check_says_the_revision_and_exits_4_where_it_is_another(lushi: Lushi) -> None:
    found = lushi("check")
    assert (found.exit_code, "revision none" in found.output) == (4, True)
    assert lushi("upgrade").exit_code == 0
    assert lushi("check").exit_code == 0
    assert lushi("downgrade", "0003", "--yes").exit_code == 0
    found = lushi("check")
    assert (found.exit_code, "revision 0003" in found.output) == (4, True)


def test_check_names_what_is_not_as_expected(lushi: Lushi) -> None:
    upgrade_to_head(lushi.engine)
    lushi.change(
        "ALTER TABLE promotions DROP COLUMN why",
        "ALTER TABLE decisions ADD COLUMN extra text",
        "ALTER TABLE clients ALTER COLUMN tenant DROP NOT NULL",
        "DROP TABLE client_rates",
        "DROP INDEX revocations_client",
        "CREATE TABLE aside (number int)",
        "ALTER TABLE log_entries DISABLE TRIGGER log_entries_append_only",
    )
    found = lushi("check")
    assert found.exit_code == 4
    assert set(found.output.splitlines()[1:]) == {
        "promotions.why: the column is missing",
        "decisions.extra: the column does not belong here",
        "clients.tenant: the nullable is another",
        "client_rates: the table is missing",
        "revocations.revocations_client: the index is missing",
        "aside: the table does not belong here",
        "table log_entries: the trigger log_entries_append_only, which keeps its rows, is switched off",
    }


def test_going_down_asks_first_and_refuses_where_history_would_be_lost(lushi: Lushi) -> None:
    upgrade_to_head(lushi.engine)
    assert lushi("downgrade", "base", answer="n\n").exit_code == 1
    assert read_schema(lushi.engine).faults == ()
    lushi.change("INSERT INTO clients VALUES ('c', 't', 'bank', now())")
    found = lushi("downgrade", "0005", answer="y\n")
    assert isinstance(found.exception, MigrationRefused)
    assert "restore a backup" in str(found.exception)
    assert read_schema(lushi.engine).faults == ()


def test_a_database_of_a_newer_program_is_refused_in_words(lushi: Lushi) -> None:
    upgrade_to_head(lushi.engine)
    lushi.change("UPDATE alembic_version SET version_num = '9999'")
    for way in (upgrade_to_head, lambda engine: downgrade(engine, "0004")):
        with pytest.raises(MigrationRefused, match="written by a newer program"):
            way(lushi.engine)
    assert lushi("check").exit_code == 4
