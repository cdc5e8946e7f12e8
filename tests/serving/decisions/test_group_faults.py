"""Calls decided together where something fails or is held: nobody else pays for it, and nobody is decided on twice."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import psycopg
import pytest
import sqlalchemy as sa

from feature_store.adapters import closing_tables
from feature_store.adapters.connect import StoreUnavailable
from serving.decisions import record
from serving.decisions.gather import Gathered
from serving.decisions.group import decide_many
from serving.ledger import postgres as ledger
from serving.ledger.entries import Entry
from tests.serving.decisions.grouped import AREAS, call_of, entries_of, holds, log_size
from tests.serving.served import Served


def _only_of_several(monkeypatch: pytest.MonkeyPatch, act: Callable[[Any], None]) -> list[int]:
    """Do something before decisions of several calls are appended; gives how many were to be appended each time."""
    sizes: list[int] = []
    real = ledger.append

    def append(moment: Any, decided: Any, *rest: Any, **named: Any) -> Any:
        sizes.append(len(decided))
        if len(decided) > 1:
            act(moment)
        return real(moment, decided, *rest, **named)

    monkeypatch.setattr(record.ledger, "append", append)
    return sizes


def _fails(_: Any) -> None:
    raise RuntimeError("the group")


def _broken(moment: Any) -> None:
    moment.connection.exec_driver_sql("SELECT no_such_column FROM decisions")


def _killed(moment: Any) -> None:
    """The database ends the session."""
    ending = sa.create_engine(moment.connection.engine.url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    pid = moment.connection.connection.driver_connection.info.backend_pid
    with ending.connect() as other:
        other.exec_driver_sql("SELECT pg_terminate_backend(%s, 5000)", (pid,))


@pytest.mark.parametrize("act", [_fails, _broken, _killed])
def test_where_the_group_fails_each_is_decided_alone_and_once(
    own: Served, fresh: Iterator[str], monkeypatch: pytest.MonkeyPatch, act: Callable[[Any], None]
) -> None:
    calls = [call_of(next(fresh), key=str(uuid4())) for _ in range(4)]
    sizes, before = _only_of_several(monkeypatch, act), log_size(own)
    entries = entries_of(decide_many(calls, own.parts, AREAS))
    assert sizes == [4, 1, 1, 1, 1]
    assert log_size(own) == before + 4
    assert [it.content for it in entries_of(decide_many(calls, own.parts, AREAS))] == [it.content for it in entries]
    holds(own)


def test_a_commit_of_which_nobody_knows_whether_it_came_through_is_not_done_again(
    own: Served, fresh: Iterator[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = [call_of(next(fresh), key=str(uuid4())) for _ in range(3)]
    real, before = psycopg.Connection.commit, log_size(own)

    def commit(connection: Any) -> None:
        real(connection)
        raise psycopg.OperationalError("the answer was lost")

    monkeypatch.setattr(psycopg.Connection, "commit", commit)
    outcomes = decide_many(calls, own.parts, AREAS)
    monkeypatch.undo()
    assert [type(it) for it in outcomes] == [StoreUnavailable] * 3
    assert log_size(own) == before + 3
    assert len(entries_of(decide_many(calls, own.parts, AREAS))) == 3
    assert log_size(own) == before + 3


def test_a_household_that_is_held_elsewhere_makes_nobody_else_wait(own: Served, fresh: Iterator[str]) -> None:
    held, free = next(fresh), [next(fresh) for _ in range(3)]
    gathered = Gathered(own.parts, AREAS)
    hold = sa.text("SELECT pg_advisory_xact_lock(:space, household_no) FROM households WHERE household_id = :id")
    with own.parts.store.engine.connect() as connection:
        connection.execute(hold, {"space": closing_tables.SPACE, "id": held})
        futures = [gathered.put(call_of(it)) for it in (held, *free)]
        assert [isinstance(it.result(4), Entry) for it in futures[1:]] == [True] * 3
        assert not futures[0].done()
        connection.rollback()
    assert isinstance(futures[0].result(10), Entry)


def test_one_connection_alone_is_not_delayed_for_others_that_might_come(own: Served, fresh: Iterator[str]) -> None:
    gathered, ids = Gathered(own.parts, AREAS), [next(fresh) for _ in range(20)]
    direct, through = [], []
    for number, household_id in enumerate(ids):
        began = time.perf_counter()
        if number % 2:
            decide_many([call_of(household_id)], own.parts, AREAS)
            direct.append(time.perf_counter() - began)
        else:
            assert isinstance(gathered.put(call_of(household_id)).result(30), Entry)
            through.append(time.perf_counter() - began)
    assert min(through) < min(direct) + 0.02


def test_many_callers_at_once_are_decided_in_groups_each_exactly_once(
    own: Served, fresh: Iterator[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes, lock = _only_of_several(monkeypatch, lambda _: None), threading.Lock()
    gathered, ids, before = Gathered(own.parts, AREAS), [next(fresh) for _ in range(40)], log_size(own)
    found: list[Entry] = []

    def caller(household_id: str) -> None:
        entry = gathered.put(call_of(household_id)).result(60)
        with lock:
            found.append(entry)

    with ThreadPoolExecutor(8) as callers:
        list(callers.map(caller, ids))
    assert log_size(own) == before + 40 == before + sum(sizes)
    assert len({it.entry_no for it in found}) == 40
    assert len(sizes) < 40, "some were decided together"
    holds(own)
