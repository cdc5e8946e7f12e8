"""Statements sent several at once, and connections that are looked at instead of asked."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from feature_store.adapters.alive import check_when_taken
from feature_store.adapters.connect import StoreUnavailable, reachable
from feature_store.adapters.together import Asked, together

ONE = Asked("SELECT CAST(:it AS text) AS it, 7 % 4 AS rest, '2021-04-16'::date AS day")
_END = sa.text("SELECT pg_terminate_backend(:pid, 5000)")


def test_each_statement_gives_its_rows_in_the_order_asked(database: sa.Engine) -> None:
    with database.begin() as connection:
        temporary = Asked("CREATE TEMP TABLE t (n int) ON COMMIT DROP")
        added, read = Asked("INSERT INTO t VALUES (:n)"), Asked("SELECT n FROM t")
        found = together(connection, (temporary, {}), (added, {"n": 5}), (read, {}), (ONE, {"it": "a:b"}))
    assert [list(rows) for rows in found] == [[], [], [(5,)], [("a:b", 3, date(2021, 4, 16))]]
    assert found[3][0].it == "a:b"


def test_what_is_sent_at_once_stands_or_falls_with_the_transaction(database: sa.Engine) -> None:
    with database.connect() as connection:
        together(connection, (Asked("CREATE TABLE never (n int)"), {}), (Asked("INSERT INTO never VALUES (1)"), {}))
        connection.rollback()
    with database.begin() as connection:
        assert connection.execute(sa.text("SELECT to_regclass('never')")).scalar_one() is None


@pytest.mark.parametrize("before", [[], [(ONE, {"it": "x"})]])
def test_a_statement_that_fails_fails_as_in_sqlalchemy(
    database: sa.Engine, before: list[tuple[Asked, dict[str, str]]]
) -> None:
    with pytest.raises(sa.exc.ProgrammingError, match="no_such_table"), database.begin() as connection:
        together(connection, *before, (Asked("SELECT * FROM no_such_table"), {}))
    with database.begin() as connection:
        assert together(connection, (ONE, {"it": "x"}))[0][0].it == "x"


def test_a_connection_lost_on_the_way_is_the_store_away_also_for_what_follows(database: sa.Engine) -> None:
    with reachable(), database.connect() as mine, database.connect() as other:
        _end(other, mine)
        for _ in range(2):
            with pytest.raises(StoreUnavailable), reachable():
                together(mine, (ONE, {"it": "x"}), (ONE, {"it": "y"}))


def test_a_connection_that_the_server_closed_meanwhile_is_replaced_when_taken(migrated: str) -> None:
    engine = sa.create_engine(migrated, pool_size=3)
    check_when_taken(engine)
    with engine.connect() as first, engine.connect() as second, engine.connect() as third:
        pids = [_pid(it) for it in (first, second, third)]
    other = sa.create_engine(migrated, poolclass=sa.NullPool)
    with other.connect() as connection:
        for pid in pids:
            connection.execute(_END, {"pid": pid})
    for _ in range(3):
        with engine.connect() as again:
            assert _pid(again) not in pids
    engine.dispose()


def test_a_connection_that_stands_is_taken_again(migrated: str) -> None:
    engine = sa.create_engine(migrated, pool_size=1)
    check_when_taken(engine)
    with engine.connect() as connection:
        first = _pid(connection)
    with engine.connect() as connection:
        assert _pid(connection) == first
    engine.dispose()


def _pid(connection: sa.Connection) -> int:
    return int(connection.execute(sa.text("SELECT pg_backend_pid()")).scalar_one())


def _end(by: sa.Connection, whose: sa.Connection) -> None:
    by.execute(_END, {"pid": _pid(whose)})
