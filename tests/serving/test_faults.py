"""The database goes away or is full, the clock stands wrong, the policy has ended: a clear answer, nothing half-written."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch
from uuid import UUID, uuid4

import psycopg
import pytest
import sqlalchemy as sa
from httpx2 import Response
from starlette.testclient import TestClient

from scoring.policy.in_force import Policies
from serving.api.app import create_app
from serving.ledger.verify import verify
from serving.replay.again import replay
from tests.fakes import models
from tests.serving.advised import SET, Advised
from tests.serving.served import Served, ask


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
def _session_ended_at(served: Served, step: int) -> Iterator[list[str]]:
    """The database ends the session just before its so many-th statement or commit; gives those that were tried.

    Below SQLAlchemy, since the bank's call sends some statements past it.
    """
    tried, lock = list[str](), threading.Lock()
    ending = sa.create_engine(served.parts.store.engine.url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    ours = threading.local()

    def before(connection: psycopg.Connection[Any], words: str) -> None:
        if getattr(ours, "ending", False):
            return
        with lock:
            tried.append(words)
            chosen = len(tried) == step
        if chosen:
            ours.ending = True
            with ending.connect() as other:
                other.exec_driver_sql("SELECT pg_terminate_backend(%s, 5000)", (connection.info.backend_pid,))
            ours.ending = False

    execute, commit = psycopg.Cursor.execute, psycopg.Connection.commit

    def executing(cursor: Any, query: Any, *arguments: Any, **named: Any) -> Any:
        before(cursor.connection, str(query))
        return execute(cursor, query, *arguments, **named)

    def committing(connection: Any) -> None:
        before(connection, "COMMIT")
        commit(connection)

    with (
        patch.object(psycopg.Cursor, "execute", executing),
        patch.object(psycopg.Connection, "commit", committing),
    ):
        yield tried


def test_a_session_that_ends_before_any_step_of_a_decision_leaves_all_or_nothing(
    own: Served, household_id: str
) -> None:
    ended_at, step = list[str](), 1
    while "COMMIT" not in ended_at:
        assert step < 100
        before, key = _recorded(own), str(uuid4())
        with _session_ended_at(own, step) as tried:
            answer = _post(own, household_id, key)
        if answer.status_code == 503:
            assert answer.headers["retry-after"]
            assert _recorded(own) == before
            ended_at.append(tried[step - 1])
        else:  # a session that is found lost when it is taken up is exchanged for another one
            assert answer.status_code == 201, (tried, answer.text)
        again = _post(own, household_id, key)
        assert again.status_code == 201
        if answer.status_code == 201:
            assert again.content == answer.content
        assert _recorded(own)[3:] == (before[3] + 1, before[4] + 1), "one decision, one key"
        assert again.json()["advisory"]["status"] == "given", "the model's statements are among them"
        # By what the log's tree needs a call has a statement more or less: the next one has the other number.
        assert len(tried) >= step - 1
        step += len(tried) >= step
    for words in (
        "client_rates",
        "pg_advisory",
        "consents",
        "SAVEPOINT",
        "promotion",
        "log_entries",
        "idempotency_keys",
    ):
        assert any(words in it for it in ended_at), words
    _holds(own)


def _holds(served: Served) -> None:
    with served.parts.store.looking(served.clock.now()) as moment:
        assert verify(moment.connection, served.parts.signer).faults == []


@pytest.fixture
def decided_now(own: Served, household_id: str) -> Iterator[Served]:
    """The county with a decision of this moment; its clock is set right afterwards."""
    assert _post(own, household_id, str(uuid4())).status_code == 201
    now = own.clock.moment
    yield own
    own.clock.moment = now


@pytest.mark.parametrize("back", [timedelta(minutes=6), timedelta(hours=1), timedelta(days=4000)])
def test_a_clock_set_far_back_is_refused_and_nothing_recorded(
    decided_now: Served, household_id: str, back: timedelta
) -> None:
    before, now = _recorded(decided_now), decided_now.clock.moment
    decided_now.clock.moment = now - back
    key = str(uuid4())
    for answer in (
        _post(decided_now, household_id, key),
        decided_now.client.get(f"/v1/households/{household_id}"),
    ):
        assert (answer.status_code, answer.json()["type"]) == (503, "urn:lushi:problem:clock-behind"), answer.text
        assert answer.headers["retry-after"]
    ready = decided_now.client.get("/readyz")
    assert (ready.status_code, [it["where"] for it in ready.json()["errors"]]) == (503, ["clock"])
    assert _recorded(decided_now) == before
    assert decided_now.client.get("/livez").status_code == 200
    decided_now.clock.moment = now
    assert _post(decided_now, household_id, key).status_code == 201


def test_a_clock_set_back_a_little_is_overruled(decided_now: Served, household_id: str) -> None:
    last = datetime.fromisoformat(_post(decided_now, household_id, str(uuid4())).json()["recorded_at"])
    decided_now.clock.moment -= timedelta(minutes=2)
    for _ in range(3):
        answer = _post(decided_now, household_id, str(uuid4()))
        assert answer.status_code == 201
        assert datetime.fromisoformat(answer.json()["recorded_at"]) >= last
        assert replay(UUID(answer.json()["decision_id"]), decided_now.parts).differences == ()
    _holds(decided_now)


def test_a_service_does_not_start_under_a_clock_that_is_far_behind(decided_now: Served, household_id: str) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LUSHI_")}
    environment["LUSHI_DATA"] = str(decided_now.folder)
    environment["LUSHI_NOW"] = (decided_now.clock.moment - timedelta(hours=1)).isoformat()
    found = subprocess.run(
        [sys.executable, "-m", "lushi", "serve"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (found.returncode, "Traceback" in found.stderr) == (1, False)
    assert "set the clock right" in found.stderr


def test_an_ended_policy_is_refused_clearly_and_repeated_calls_have_their_answer(
    own: Served, household_id: str
) -> None:
    policy = own.parts.policies.in_force(own.clock.moment.date())
    ending = replace(policy, effective_to=own.clock.moment.date())
    parts = own.parts.at(own.clock)
    parts = replace(parts, policies=Policies(own.parts.policies.approvals[:1], (ending,)))
    parts.__dict__.update(store=own.parts.store, challengers=own.parts.challengers)
    served = replace(own, parts=parts, client=TestClient(create_app(parts), headers=own.client.headers))
    key = str(uuid4())
    first = _post(served, household_id, key)
    assert first.status_code == 201, "its last day still counts"
    before, now = _recorded(served), own.clock.moment
    served.clock.moment = now + timedelta(days=1)
    try:
        for answer in (
            _post(served, household_id, str(uuid4())),
            served.client.get(f"/v1/households/{household_id}"),
            served.client.post("/v1/assessments", json={"values": {}}),
        ):
            assert (answer.status_code, answer.json()["type"]) == (409, "urn:lushi:problem:policy-not-in-force")
            assert str(served.clock.moment.date()) in answer.json()["detail"]
        ready = served.client.get("/readyz")
        assert (ready.status_code, "policy" in [it["where"] for it in ready.json()["errors"]]) == (503, True)
        assert _recorded(served) == before
        again = _post(served, household_id, key)
        assert (again.status_code, again.content) == (201, first.content)
        assert replay(UUID(first.json()["decision_id"]), parts).differences == ()
    finally:
        served.clock.moment = now
