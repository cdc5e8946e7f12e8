"""The database goes away or is full, the clock stands wrong, the policy has ended: a clear answer, nothing half-written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from httpx2 import Response

from serving.ledger.verify import verify
from tests.fakes import models
from tests.serving.advised import SET, Advised
from tests.serving.county import Served, ask


@pytest.fixture(scope="module")
def own(make_county: Callable[..., Served]) -> Served:
    """A county of these tests' own, with a challenger that advises."""
    served = make_county()
    Advised(served).stand(models.artefact(SET))
    return served


@pytest.fixture(scope="module")
def household_id(own: Served) -> str:
    """One that is graded."""
    return own.ids()[0]


def _post(served: Served, household_id: str, key: str) -> Response:
    answer: Response = served.client.post("/v1/decisions", json=ask(household_id), headers={"Idempotency-Key": key})
    return answer


def _recorded(served: Served) -> tuple[Any, ...]:
    """How much stands in every table that a decision writes to."""
    tables = ("log_entries", "log_nodes", "log_contents", "decisions", "idempotency_keys")
    counts = ", ".join(f"(SELECT count(*) FROM {table})" for table in tables)
    with served.parts.store.engine.connect() as connection:
        return tuple(connection.exec_driver_sql(f"SELECT {counts}").one())


@contextmanager
def _session_ended_at(served: Served, statement: int) -> Iterator[list[str]]:
    """The database ends the session just before its so many-th statement; gives the statements that were tried."""
    engine, tried = served.parts.store.engine, list[str]()
    ending = sa.create_engine(engine.url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")

    def before(connection: sa.Connection, cursor: Any, words: str, *_: object) -> None:
        tried.append(words)
        if len(tried) == statement:
            with ending.connect() as other:
                pid = cursor.connection.info.backend_pid
                other.exec_driver_sql("SELECT pg_terminate_backend(%s, 5000)", (pid,))

    sa.event.listen(engine, "before_cursor_execute", before)
    try:
        yield tried
    finally:
        sa.event.remove(engine, "before_cursor_execute", before)


def test_a_session_that_ends_before_any_statement_of_a_decision_leaves_nothing(own: Served, household_id: str) -> None:
    for statement in count(1):
        before, key = _recorded(own), str(uuid4())
        with _session_ended_at(own, statement) as tried:
            answer = _post(own, household_id, key)
        if len(tried) < statement:  # every statement has had its turn
            break
        assert answer.status_code == 503, (tried[-1], answer.text)
        assert answer.headers["retry-after"]
        assert _recorded(own) == before
        assert _post(own, household_id, key).status_code == 201
    assert statement > 20
    assert answer.json()["advisory"]["status"] == "given", "the model's statements were among them"
    with own.parts.store.looking(own.clock.now()) as moment:
        assert verify(moment.connection, own.parts.signer).faults == []
