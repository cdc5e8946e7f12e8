"""Several workers: one that is killed is replaced, open calls are finished, nothing is done twice over."""

from __future__ import annotations

import json
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import psutil
import pytest

from serving.commands.run_service import GRACE_SECONDS
from serving.ledger.verify import verify
from tests.serving.processes import Service, wait_for
from tests.serving.served import Served, ask

WORKERS, CALLERS, CALLS, CONNECTIONS = 2, 8, 300, 4
SEEN_SECONDS = 3
"""Twice a second the parent looks for workers that ended; the rest is for a machine that many share."""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def own(make_county: Callable[[], Served]) -> Served:
    return make_county()


@pytest.fixture
def service(own: Served, tmp_path: Path) -> Iterator[Service]:
    """Two workers with four connections each, ready."""
    found = Service(own, tmp_path, "--workers", str(WORKERS), LUSHI_DATABASE_CONNECTIONS=str(CONNECTIONS),
                    LUSHI_CHECKPOINT_SECONDS="1", LUSHI_INVARIANTS_SECONDS="1")  # fmt: skip
    try:
        found.wait_until_ready()
        yield found
    finally:
        found.end()


def test_killed_workers_are_replaced_while_calls_go_on(own: Served, service: Service) -> None:
    base, header, ids = f"http://127.0.0.1:{service.port}", own.key(), own.ids()
    answered: dict[int, str] = {}
    done = threading.Event()
    most_sessions = 0

    def call(number: int) -> None:
        headers = header | {"Idempotency-Key": f"call-{number}"}
        for _ in range(400):
            try:
                answer = httpx2.post(
                    f"{base}/v1/decisions", json=ask(ids[number % len(ids)]), headers=headers, timeout=20
                )
            except httpx2.HTTPError:
                done.wait(0.02)
                continue
            if answer.status_code == 201:
                answered[number] = answer.json()["decision_id"]
                return
            assert answer.status_code in (409, 503), answer.text
            done.wait(0.02)
        raise AssertionError("the service did not come back")

    def watch() -> None:
        nonlocal most_sessions
        query = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND application_name = '' AND pid <> pg_backend_pid()"
        while not done.wait(0.2):
            with own.parts.store.engine.connect() as connection:
                most_sessions = max(most_sessions, connection.exec_driver_sql(query).scalar_one())

    idle = own.parts.store.engine.pool.checkedin()  # type: ignore[attr-defined]
    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        with ThreadPoolExecutor(CALLERS) as callers:
            futures = [callers.submit(call, number) for number in range(CALLS)]
            for kills in (1, 2):
                wait_for(lambda now=kills: len(answered) >= now * CALLS // 4)  # type: ignore[misc]
                victim = service.workers()[0]
                victim.send_signal(signal.SIGKILL)
                taken = wait_for(
                    lambda pid=victim.pid: any(  # type: ignore[misc]
                        line["pid"] == pid for line in service.lines("a worker ended and was started again")
                    )
                )
                assert taken < SEEN_SECONDS
            for future in futures:
                assert future.result() is None
    finally:
        done.set()
        watcher.join()
    assert len(service.workers()) == WORKERS
    assert len(set(answered.values())) == CALLS
    # Each worker's, the parent's for the metrics, and this test's own.
    assert most_sessions <= WORKERS * CONNECTIONS + 2 + idle + CALLERS
    with own.parts.store.looking(own.clock.now()) as moment:
        found = verify(moment.connection, own.parts.signer)
        recorded = moment.connection.exec_driver_sql("SELECT decision_id::text FROM decisions").scalars().all()
    assert found.faults == []
    assert sorted(answered.values()) == sorted(recorded)
    numbers = service.metrics()
    assert numbers["lushi_worker_restarts_total"] == 2
    assert numbers["lushi_workers"] == WORKERS
    assert numbers["lushi_log_entries"] >= CALLS
    assert numbers["lushi_database_up"] == 1
    counted = sum(value for name, value in numbers.items() if name.startswith("lushi_decisions_total"))
    assert CALLS - 2 * CALLERS <= counted <= CALLS  # a worker that is killed between commit and count loses the count


def test_background_work_is_done_once_however_many_workers_there_are(own: Served, service: Service) -> None:
    def turns(task: str) -> float:
        return service.metrics().get(f'lushi_background_turns_total{{outcome="done",task="{task}"}}', 0)

    took = wait_for(lambda: turns("checkpoint") >= 4 and turns("invariants") >= 3)
    assert turns("checkpoint") <= took + 8
    assert not [name for name in service.metrics() if 'outcome="failed"' in name]
    checks = service.metrics()['lushi_invariant_checks_total{invariant="log_head_is_the_database"}']
    assert checks == pytest.approx(turns("invariants"), abs=1)
    leading = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = hashtext('background work')::bigint & 4294967295"
    with own.parts.store.engine.connect() as connection:
        assert connection.exec_driver_sql(leading).scalar_one() == 1


@pytest.mark.parametrize("workers", [1, WORKERS])
def test_open_calls_are_finished_before_the_end(own: Served, tmp_path: Path, workers: int) -> None:
    service = Service(own, tmp_path, "--workers", str(workers))
    try:
        service.wait_until_ready()
        body = json.dumps(ask(own.ids()[0])).encode()
        head = f"POST /v1/decisions HTTP/1.1\r\nHost: x\r\nAuthorization: {own.key()['Authorization']}\r\n"
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        with socket.create_connection(("127.0.0.1", service.port)) as caller:
            caller.settimeout(GRACE_SECONDS + 20)
            caller.sendall(head.encode() + body[:5])
            wait_for(lambda: '"lushi.' in service.log)
            threading.Event().wait(1)
            service.process.send_signal(signal.SIGTERM)
            threading.Event().wait(1)
            caller.sendall(body[5:])
            assert caller.recv(100).startswith(b"HTTP/1.1 201")
        assert service.process.wait(timeout=GRACE_SECONDS + 30) == 0
    finally:
        service.end()
    assert service.lines("service stopped")
    every = [json.loads(line) for line in service.log.splitlines()]  # nothing is written past the process log
    assert {"call", "service starts", "service stopped"} <= {line["event"] for line in every}
    assert own.ids()[0] not in service.log
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", service.port)) != 0


def test_workers_are_exchanged_one_by_one_while_calls_go_on(own: Served, service: Service) -> None:
    before = {one.pid for one in service.workers()}
    header, ids, failed = own.key(), own.ids(), list[str]()
    done = threading.Event()

    def call() -> None:
        while not done.is_set():
            try:
                url = f"http://127.0.0.1:{service.port}/v1/households/{ids[0]}"
                answer = httpx2.get(url, headers=header, timeout=20)
            except httpx2.HTTPError as error:
                failed.append(type(error).__name__)
            else:
                if answer.status_code != 200:
                    failed.append(answer.text)

    caller = threading.Thread(target=call)
    caller.start()
    try:
        service.process.send_signal(signal.SIGHUP)
        wait_for(lambda: bool(service.lines("workers exchanged")))
    finally:
        done.set()
        caller.join()
    after = {one.pid for one in service.workers()}
    assert (len(after), before & after) == (WORKERS, set())
    assert len(failed) <= WORKERS, failed  # a call may be on its way to the socket that closes
    assert service.metrics()["lushi_worker_restarts_total"] == 0


def test_workers_whose_parent_was_killed_end_and_leave_the_port(service: Service) -> None:
    workers = service.workers()
    assert len(workers) == WORKERS
    service.process.kill()
    service.process.wait()
    gone, alive = psutil.wait_procs(workers, timeout=GRACE_SECONDS + 20)
    assert (len(gone), alive) == (WORKERS, [])
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", service.port))
